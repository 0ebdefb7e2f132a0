/** The report in Markdown, for tickets that take no page. */

import { explainRisk } from '../domain/policy.ts';
import { toPrintable } from '../domain/printable.ts';
import { fenceColumns, listFencedKeys } from './fence.ts';
import { escapeText, section, table } from './markdown-text.ts';
import type { ReportedCall, RunReport } from './model.ts';
import {
  checkWords,
  describeCall,
  describeChange,
  explainOutcome,
  formatLength,
  formatTime,
  lengthOf,
  listFacts,
  nameOutcome,
} from './words.ts';

export function renderMarkdown(report: RunReport): string {
  const {
    runId,
    store,
    reason,
    nextCommands,
    states,
    outages,
    calls,
    trialStoreCalls,
    changes,
    accepted,
    checks,
    fence,
    course,
  } = report;
  const parts = [
    `# ${escapeText(store?.name ?? runId)}: ${nameOutcome(report)}`,
    `${escapeText(explainOutcome(report))}. Run \`${runId}\`; all times are UTC.`,
    table(['', ''], listFacts(report)),
    ...(reason
      ? [
          section(
            'Reason',
            [reason.message, reason.cause, reason.remedy].map((line) => `- ${escapeText(line)}`).join('\n'),
          ),
        ]
      : []),
    ...(nextCommands.length > 0
      ? [section('Left to do', nextCommands.map((command) => `    ${toPrintable(command)}`).join('\n'))]
      : []),
    ...(outages.length > 0
      ? [
          section(
            'Outage',
            table(
              ['From', 'Until', 'For'],
              outages.map((span) => [time(span.from), time(span.until), lengthOf(span)]),
            ),
          ),
        ]
      : []),
    ...(states.length > 0
      ? [
          section(
            'Connection state',
            table(
              ['State', 'First observed', 'For'],
              states.map(({ state, errorCode = '', ...span }) => [
                `${state} ${errorCode}`.trim(),
                time(span.from),
                span.until === null ? 'until the last observation' : lengthOf(span),
              ]),
            ),
          ),
        ]
      : []),
    ...(calls.length > 0 ? [section('Calls that change the store', tabulate(calls))] : []),
    ...(trialStoreCalls.length > 0
      ? [section('Calls of the trial connect, to a trial store', tabulate(trialStoreCalls))]
      : []),
    ...(fence ? [section('Fence', table(fenceColumns, listFencedKeys(fence)))] : []),
    ...(changes.length > 0
      ? [
          section(
            'Settings',
            table(
              ['Setting', 'From', 'To', ''],
              changes.map(describeChange).map(({ label, from, to, restorable }) => [label, from, to, restorable]),
            ),
          ),
        ]
      : []),
    ...(accepted.length > 0
      ? [section('Accepted', accepted.map((risk) => `- ${escapeText(`${risk}: ${explainRisk(risk)}`)}`).join('\n'))]
      : []),
    ...(checks.length > 0
      ? [
          section(
            'Checks',
            table(
              ['Check', '', 'Found'],
              checks.map(({ check, status, message, details = [] }) => [
                check,
                checkWords[status] ?? status,
                [message, ...details].join('; '),
              ]),
            ),
          ),
        ]
      : []),
    section(
      'Course',
      table(
        ['Time', 'What happened'],
        course.map(({ at, text }) => [time(at), text]),
      ),
    ),
  ];
  return `${parts.join('\n\n')}\n`;
}

function tabulate(calls: readonly ReportedCall[]): string {
  return table(
    ['Call', 'Sent', 'Answer', 'Took', 'Request id'],
    calls.map((call) => [
      call.operation,
      time(call.at),
      describeCall(call),
      call.tookMs === null ? '' : formatLength(call.tookMs),
      call.requestId ?? '',
    ]),
  );
}

const time = (instant: string | null) => (instant === null ? 'not observed' : formatTime(instant));
