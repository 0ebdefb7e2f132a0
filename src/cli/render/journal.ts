/** Every record of a run, one line each: when, what was sent or seen, and what came of it. */
import type { JournalLine } from '../../library/runs.ts';

type Members = Readonly<Record<string, unknown>>;

export function renderJournal(lines: readonly JournalLine[]): string {
  return `${lines.map((line) => renderLine(line as Members)).join('\n')}\n`;
}

const tellers: Readonly<Record<string, (line: Members) => string>> = {
  run: ({ runId, version, who, account, region }) => {
    const { user, host, pid } = who as Members;
    return `run ${runId} by ${user} on ${host} (process ${pid}), cks ${version}, ${region} of account ${account}`;
  },
  resumed: ({ who, version }) => {
    const { user, host, pid } = who as Members;
    return `resumed by ${user} on ${host} (process ${pid}), cks ${version}`;
  },
  intent: ({ step, sending }) => `${step}: sending ${tellCall(sending as Members)}`,
  result: ({ step, value, cancelRequested }) =>
    `${step}: ${tellResult(value as Members)}${cancelRequested ? '; a stop was asked for' : ''}`,
  note: ({ step, note }) => `${step}: ${String(note)}`,
  stop: () => 'a stop was asked for',
  end: ({ outcome }) => `ended ${outcome ?? 'without an outcome'}`,
};

function renderLine(line: Members): string {
  const at = line.atMs ?? line.startedAtMs;
  const stamp = typeof at === 'number' ? new Date(at).toISOString() : '';
  const tell = tellers[String(line.kind)] ?? (() => String(line.kind));
  return `${stamp}  ${tell(line)}`;
}

function tellCall({ operation, change }: Members): string {
  const names = change ? ` ${Object.keys(change as Members).join(' ')}` : '';
  return `${operation}${names}`;
}

function tellResult({ kind, seen, failure, requestId }: Members): string {
  const store = (seen as Members | null)?.store as Members | undefined;
  const state = store
    ? `, the store ${[store.connectionState, store.connectionErrorCode].filter(Boolean).join(' ')}`
    : '';
  const code = failure ? ` (${(failure as Members).code})` : '';
  return `${kind}${code}${state}${requestId ? `, request ${requestId}` : ''}`;
}
