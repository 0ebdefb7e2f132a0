/** The report as one page that needs nothing else: no script, no font, no picture, no address. */
import type { RunReport } from '../model.ts';
import { explainOutcome, formatInstant, listFacts, nameOutcome } from '../words.ts';
import { html, type Markup } from './markup.ts';
import {
  renderCalls,
  renderChanges,
  renderChecks,
  renderCourse,
  renderFence,
  renderKeyVerification,
  renderReason,
  renderTimeline,
} from './sections.ts';
import { style } from './style.ts';

const tones = {
  updated: 'good',
  unchanged: 'good',
  refused: 'warn',
  rolledBack: 'warn',
  cancelled: 'idle',
  stranded: 'bad',
  unsettled: 'bad',
} as const;

export function renderPage(report: RunReport): string {
  const { runId, outcome, hasEnded, store, startedAt } = report;
  const unfinished = hasEnded ? 'idle' : 'bad';
  const tone = outcome === null ? unfinished : (tones[outcome] ?? 'idle');
  const name = store?.name ?? runId;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${`${name}: ${nameOutcome(report)}, ${formatInstant(startedAt)} UTC`}</title>
${style}
</head>
<body>
<main>
<header class="${tone}">
<p class="kicker">Change of a custom key store · run ${runId}</p>
<h1><span class="badge">${nameOutcome(report)}</span>${name}</h1>
<p>${capitalize(explainOutcome(report))}.</p>
<dl class="facts">${listFacts(report).map(([label, value]) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>
</header>
${renderBody(report, tone)}
<footer>From the journal of run ${runId}, kept by cks ${report.version}. All times are UTC. It holds no secret.</footer>
</main>
</body>
</html>
`;
  return page.markup;
}

function renderBody(report: RunReport, tone: string): Markup {
  return html`${renderReason(report, tone)}
${renderTimeline(report)}
${renderCalls(report)}
${renderChanges(report)}
${renderChecks(report)}
${renderKeyVerification(report)}
${renderFence(report)}
${renderCourse(report)}`;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
