/** The sections of the page below its head. One that has nothing to tell is left out. */
import { msBetween } from '../../domain/duration.ts';
import { explainRisk } from '../../domain/policy.ts';
import { fenceColumns, listFencedKeys } from '../fence.ts';
import type { ReportedCall, RunReport } from '../model.ts';
import {
  checkWords,
  describeCall,
  describeChange,
  describeKeyTest,
  describeKeyVerification,
  formatInstant,
  formatLength,
  formatTime,
  isTested,
  lengthOf,
} from '../words.ts';
import { html, type Markup, nothing } from './markup.ts';
import { drawTimeline } from './timeline.ts';

const tones = { passed: 'good', warned: 'warn', failed: 'bad', unknown: 'warn', skipped: 'idle' } as const;

export function renderReason({ reason, nextCommands }: RunReport, tone: string): Markup {
  if (reason === null && nextCommands.length === 0) return nothing;
  const rows = reason
    ? ([
        ['What', reason.message],
        ['Cause', reason.cause],
        ['Next', reason.remedy],
      ] as const)
    : [];
  return html`<section class="reason ${tone}"><h2>${reason ? 'Reason' : 'Left to do'}</h2>
<dl>${rows.map(([label, text]) => html`<dt>${label}</dt><dd>${text}</dd>`)}</dl>
${nextCommands.length > 0 ? html`<pre><code>${nextCommands.join('\n')}</code></pre>` : nothing}</section>`;
}

export function renderChanges({ changes, plan, settings, outcome, accepted }: RunReport): Markup {
  const stays = settings === 'old' && outcome !== 'updated';
  const rows = changes
    .map(describeChange)
    .map(
      ({ label, from, to, restorable }) =>
        html`<tr><td>${label}</td><td data-label="From"><code>${from}</code></td><td data-label="To"><code>${to}</code></td><td>${restorable}</td></tr>`,
    );
  const course = plan
    ? html`<p>Mode: ${plan.mode === 'none' ? 'while it is not connected' : plan.mode}${plan.holdsOffline ? ', held offline for the operator' : ''}. It was to end ${plan.wantedState}.</p>`
    : nothing;
  const consent = [...new Set([...(plan?.risks ?? []), ...accepted])].map((risk) => {
    const word = accepted.includes(risk) ? 'accepted' : 'not accepted';
    return html`<li><b>${risk}</b> (${word}): ${explainRisk(risk)}</li>`;
  });
  return html`<section><h2>Plan</h2>
${rows.length > 0 ? table(['Setting', stays ? 'Stays' : 'From', stays ? 'Asked for' : 'To', ''], rows) : html`<p class="dim">No setting was to change.</p>`}
${course}${consent.length > 0 ? html`<p>Risks:</p><ul>${consent}</ul>` : nothing}</section>`;
}

export function renderTimeline(report: RunReport): Markup {
  const { states, outages } = report;
  if (states.length === 0) return nothing;
  const rows = states.map(
    ({ state, errorCode, ...span }) =>
      html`<tr><td class="name state"><span class="swatch ${state}"></span>${state}${errorCode ? html` <code>${errorCode}</code>` : nothing}</td><td class="time">${formatTime(span.from)}</td><td class="length">${span.until === null ? 'until the last observation' : lengthOf(span)}</td></tr>`,
  );
  const told = outages.map(({ from, until }) =>
    until === null
      ? html`<p class="alarm">Offline since ${formatTime(from)}, and not observed CONNECTED again in this run.</p>`
      : html`<p class="alarm">Offline for ${formatLength(msBetween(from, until))}, from ${formatTime(from)} to ${formatTime(until)}.</p>`,
  );
  return html`<section><h2>Connection state</h2>
${told.length > 0 ? told : html`<p class="dim">This run took the store offline at no time.</p>`}
${drawTimeline(report)}
${table(['State', 'First observed', 'For'], rows, '')}</section>`;
}

export function renderCalls({ calls, trialStoreCalls, looks }: RunReport): Markup {
  const tried =
    trialStoreCalls.length > 0
      ? html`<p>Before them, to a trial store that tried the new settings:</p>${tabulate(trialStoreCalls)}`
      : nothing;
  return html`<section><h2>Calls that change the store</h2>
${calls.length > 0 ? tabulate(calls) : html`<p class="dim">None was sent.</p>`}
${tried}
<p class="dim">DescribeCustomKeyStores was sent ${looks === 1 ? 'once' : `${looks} times`}.</p></section>`;
}

function tabulate(calls: readonly ReportedCall[]): Markup {
  const rows = calls.map(
    (call, at) =>
      html`<tr><td class="number"><b>${at + 1}</b></td><td class="name">${call.operation}</td><td class="time" data-label="at">${formatTime(call.at)}</td><td data-label="answer">${describeCall(call)}</td><td class="length" data-label="took">${call.tookMs === null ? '' : formatLength(call.tookMs)}</td><td data-label="request"><code>${call.requestId ?? ''}</code></td></tr>`,
  );
  return table(['', 'Call', 'Sent', 'Answer', 'Took', 'Request id'], rows);
}

export function renderChecks({ checks }: RunReport): Markup {
  if (checks.length === 0) return nothing;
  const rows = checks.map(
    ({ check, status, message, details = [] }) =>
      html`<tr><td class="name"><b>${check}</b></td><td class="name ${tones[status] ?? 'idle'}"><span class="tone">${checkWords[status] ?? status}</span></td><td>${message}${details.length > 0 ? html`<ul>${details.map((detail) => html`<li>${detail}</li>`)}</ul>` : nothing}</td></tr>`,
  );
  return html`<section><h2>Checks before the first call</h2>${table(['Check', '', 'Found'], rows)}</section>`;
}

export function renderKeyVerification({
  keyVerification,
  keyTest,
  oldCredentialNeededUntil: until,
}: RunReport): Markup {
  if (keyVerification === null) return nothing;
  const { outageMs, exposure } = keyVerification;
  const lines = [
    describeKeyVerification(keyVerification),
    ...(isTested(keyTest) ? [`Keys work now: ${describeKeyTest(keyTest)}.`] : []),
    ...(keyVerification.oldestVerifiedAt
      ? [`The oldest verified ciphertext is from ${formatInstant(keyVerification.oldestVerifiedAt)} UTC.`]
      : []),
    ...(outageMs === undefined ? [] : [`Keys were unavailable for ${formatLength(outageMs)}.`]),
    ...(exposure
      ? [
          `Exposed from ${exposure.since} to ${exposure.seenAt}; keys used: ${exposure.keysUsed.join(', ') || 'none observed'}.`,
        ]
      : []),
    ...(until ? [`Keep the old credential valid at the proxy until ${formatInstant(until)} UTC.`] : []),
  ];
  return html`<section><h2>Key verification</h2>${lines.map((line) => html`<p>${line}</p>`)}</section>`;
}

export function renderFence({ fence }: RunReport): Markup {
  if (fence === null) return nothing;
  const rows = listFencedKeys(fence).map(
    (cells) =>
      html`<tr>${cells.map((cell, at) => (at === 0 ? html`<td><code>${cell}</code></td>` : html`<td data-label="${fenceColumns[at] ?? ''}">${cell}</td>`))}</tr>`,
  );
  return html`<section><h2>Fence</h2>${table(fenceColumns, rows)}</section>`;
}

export function renderCourse({ course }: RunReport): Markup {
  const rows = course.map(({ at, text }) => html`<tr><td class="time">${formatTime(at)}</td><td>${text}</td></tr>`);
  return html`<section><h2>Course</h2>${table(['Time', 'What happened'], rows, '')}</section>`;
}

function table(heads: readonly string[], rows: readonly Markup[], kind = 'stack'): Markup {
  return html`<table class="${kind}"><thead><tr>${heads.map((head) => html`<th>${head}</th>`)}</tr></thead><tbody>${rows}</tbody></table>`;
}
