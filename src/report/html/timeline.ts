/** The connection state over time as a drawing, with the outage and the calls marked. All of it stands in tables too. */
import { toIso } from '../../domain/duration.ts';
import type { RunReport, Span } from '../model.ts';
import { formatLength, formatTime, lengthOf } from '../words.ts';
import { html, type Markup, nothing } from './markup.ts';

/** A word is shown where it has room, in percent of the width. */
const roomForWord = 17;

/** Calls that follow each other at once are drawn side by side, in percent of the width. */
const apart = 3;

export function drawTimeline(report: RunReport): Markup {
  const { states, outages, calls } = report;
  if (states.length === 0) return nothing;
  const frame = findFrame(report);
  const place = (span: Span) => placeIn(frame, span);
  const observed = states.filter(({ until }) => until === null || Date.parse(until) > frame.fromMs);
  const marks = spread(calls.map(({ at }) => percentOf(frame, Date.parse(at))));
  const words = observed.map(
    ({ state, errorCode, ...span }) => `${state}${errorCode ? ` ${errorCode}` : ''} ${lengthOf(span)}`,
  );
  return html`<div class="chart" role="img" aria-label="${`Connection state over time: ${words.join(', ')}`}">
<div class="offline">${outages.map((outage) => html`<span${outage.until === null ? html` class="open"` : nothing} style="${place(outage).style}"></span>`)}</div>
<div class="track">${observed.map(({ state, ...span }) => {
    const { style, width } = place(span);
    return html`<span class="${state}" style="${style}">${width >= roomForWord ? state : ''}</span>`;
  })}</div>
<div class="marks">${marks.map((left, at) => html`<i style="left:${left}%">${at + 1}</i>`)}</div>
<div class="axis"><span>${formatTime(toIso(frame.fromMs))}</span><span>${formatLength(frame.untilMs - frame.fromMs)}</span><span>${formatTime(toIso(frame.untilMs))}</span></div>
</div>`;
}

interface Frame {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Begins shortly before the first call that changes the store: what came before may have waited for a person for hours. */
function findFrame({ calls: [first], startedAt, lastAt }: RunReport): Frame {
  const startedAtMs = Date.parse(startedAt);
  const untilMs = Math.max(Date.parse(lastAt), startedAtMs + 1);
  if (first === undefined) return { fromMs: startedAtMs, untilMs };
  const sentAtMs = Date.parse(first.at);
  const lead = Math.max(100, (untilMs - sentAtMs) * 0.08);
  return { fromMs: Math.max(startedAtMs, sentAtMs - lead), untilMs };
}

function percentOf({ fromMs, untilMs }: Frame, atMs: number): number {
  return round((100 * Math.min(Math.max(atMs - fromMs, 0), untilMs - fromMs)) / (untilMs - fromMs));
}

function placeIn(frame: Frame, { from, until }: Span): { readonly style: string; readonly width: number } {
  const left = percentOf(frame, Date.parse(from));
  const width = round(percentOf(frame, until === null ? frame.untilMs : Date.parse(until)) - left);
  return { style: `left:${left}%;width:${width}%`, width };
}

/** Moves marks to the right until none covers another, and back from the edge. */
function spread(wanted: readonly number[]): readonly number[] {
  const marks: number[] = [];
  for (const at of wanted) marks.push(Math.max(at, (marks.at(-1) ?? -apart) + apart));
  let limit = 100;
  return marks
    .toReversed()
    .map((at) => {
      const left = Math.min(at, limit);
      limit = left - apart;
      return round(left);
    })
    .toReversed();
}

function round(percent: number): number {
  return Math.round(percent * 100) / 100;
}
