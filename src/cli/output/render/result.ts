/** The result of a run: the verdict first, in capitals, then what it rests on, then what to do. */
import { formatDuration } from '../../../domain/duration.ts';
import { nameStore } from '../../../domain/key-store.ts';
import { exitCodeOf, type LeftSwitch, otherExitCodes, type RunResult } from '../../../domain/outcome.ts';
import { renderChange } from './changes.ts';
import { fenceRows } from './fence.ts';
import { summarizeFindings } from './findings.ts';
import { keyRows } from './keys.ts';
import { commandsOf, type Mark, type Row, rowsOf, wrap } from './lines.ts';
import { reasonRows } from './reason.ts';

const settingsWords = { old: 'the old settings', new: 'the new settings', unknown: 'settings that cks does not know' };

export function renderResult(result: RunResult): string {
  const { outcome, after, settings, changes, checks, reason, nextCommands = [] } = result;
  const store = after ? nameStore(after) : `"${result.customKeyStoreId}"`;
  const isOld = settings === 'old' && outcome !== 'updated';
  const [mark, verdict, sentence] = judge(result);
  const rows: Row[] = [
    ...changes.map((change) => {
      const [label, text] = renderChange(change, isOld);
      return { label, text };
    }),
    ...outageRow(result),
    ...keyRows(result),
    ...fenceRows(result),
    ...summarizeFindings(checks.filter(({ status }) => status !== 'passed' || outcome === 'unchanged')),
    ...(result.oldCredentialNeededUntil && settings === 'new'
      ? [
          {
            mark: '!' as const,
            label: 'Old credential',
            text: `keep it enabled until ${result.oldCredentialNeededUntil}`,
          },
        ]
      : []),
    ...(reason ? reasonRows(reason) : []),
    ...(result.deadMansSwitch ? [switchRow(result.deadMansSwitch)] : []),
    ...(result.journal === 'incomplete'
      ? [{ mark: '!' as const, label: 'Journal', text: 'incomplete: the disk was full or failed' }]
      : []),
    { label: 'Run', text: nameRun(result) },
  ];
  return `${[wrap(`${store} ${sentence}`, `${mark} ${verdict}  `, '  '), ...rowsOf(rows), ...commandsOf('  Run next:', nextCommands)].join('\n')}\n`;
}

/** `stranded` never looks like `updated`: its verdict says what must be done, or that no key works. */
function judge(result: RunResult): readonly [Mark, verdict: string, sentence: string] {
  const { outcome, after, settings, changes } = result;
  const named = changes.length > 0 ? settingsWords[settings] : 'the settings it had';
  if (after === null) return ['✗', outcome === 'refused' ? 'REFUSED' : 'ACTION NEEDED', 'was not touched'];
  const { connectionState, connectionErrorCode } = after;
  const state = connectionErrorCode ? `${connectionState} (${connectionErrorCode})` : connectionState;
  const isShort = exitCodeOf(result) === otherExitCodes.unverified;
  switch (outcome) {
    case 'updated':
      return [isShort ? '!' : '✓', isShort ? 'UPDATED, KEYS NOT VERIFIED' : 'UPDATED', `is ${state} with ${named}`];
    case 'unchanged':
      return ['✓', 'UNCHANGED', `is ${state} with ${named}; cks sent nothing to it`];
    case 'refused':
      return ['✗', 'REFUSED', `is ${state}; nothing was changed`];
    case 'rolledBack':
      return ['!', 'ROLLED BACK', `is ${state} again with ${named}`];
    case 'unsettled':
      return ['✗', `STILL ${connectionState}`, `has ${named}; cks does not interrupt KMS`];
    case 'cancelled':
      return ['!', 'CANCELLED', `is ${state}, as cks found it`];
    case 'stranded':
      return connectionState === 'CONNECTED'
        ? [
            '✗',
            `ACTION NEEDED: CONNECTED, ${settings === 'unknown' ? 'unknown' : settings} settings`,
            'needs an operator',
          ]
        : ['✗', 'STILL OFFLINE: no key works', `is ${state} with ${named}`];
  }
}

/** Behind a fence, the row of the fence says how long keys were unusable. */
function outageRow({ mode, offlineMs, after, fence, keyVerification: { outageMs } }: RunResult): Row[] {
  if (mode === 'none') return [];
  if (mode === 'live') return [{ label: 'Outage', text: 'none' }];
  if (offlineMs === null)
    return after?.connectionState === 'CONNECTED'
      ? []
      : [{ mark: '✗', label: 'Outage', text: 'the store is offline now' }];
  const unavailable =
    outageMs === undefined || fence !== undefined ? '' : `; keys unavailable for ${formatDuration(outageMs)}`;
  return [{ label: 'Outage', text: `${formatDuration(offlineMs)}${unavailable}` }];
}

function switchRow({ firesAt, isWanted, remove }: LeftSwitch): Row {
  const why = isWanted ? 'armed: AWS connects the store' : 'cks could not disarm it: AWS calls Connect';
  return { mark: '!', label: "Dead man's switch", text: `${why} at ${firesAt}. To disarm it: ${remove}` };
}

function nameRun({ runId, calls, region, account }: RunResult): string {
  const sent = Object.values(calls).reduce((sum, count) => sum + count, 0);
  return `${runId}, ${sent} store ${sent === 1 ? 'call' : 'calls'}, ${region}, account ${account}`;
}
