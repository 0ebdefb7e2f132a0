/** Every record of a run: when, what was asked, sent or seen, and what came of it. Another version may have written them. */
import type { JournalLine } from '../../library/runs.ts';
import { wrap } from './lines.ts';

type Members = Readonly<Record<string, unknown>>;

export function renderJournal(lines: readonly JournalLine[]): string {
  return `${lines.map((line) => renderLine(line as Members)).join('\n')}\n`;
}

const tellers: Readonly<Record<string, (line: Members) => string>> = {
  run: ({ runId, version, who, account, region, input }) =>
    `run ${runId} by ${tellWho(who)}, cks ${version}, ${region} of account ${account}${tellOrder(input)}`,
  resumed: ({ who, version }) => `resumed by ${tellWho(who)}, cks ${version}`,
  intent: ({ step, sending }) => `${step}: sending ${tellCall(members(sending))}`,
  result: ({ step, value, cancelRequested }) =>
    `${step}: ${tellResult(members(value))}${cancelRequested ? '; a stop was asked for' : ''}`,
  note: ({ step, note }) => `${step}: ${String(note)}`,
  stop: () => 'a stop was asked for',
  end: ({ outcome }) => `ended ${outcome ?? 'without an outcome'}`,
};

function renderLine(line: Members): string {
  const at = line.atMs ?? line.startedAtMs;
  const stamp = typeof at === 'number' ? `${new Date(at).toISOString().slice(0, 19)}Z` : '';
  const tell = tellers[String(line.kind)] ?? (() => String(line.kind));
  return wrap(tell(line), `${stamp}  `);
}

function tellWho(who: unknown): string {
  const { user, host, pid } = members(who);
  return `${user} on ${host} (process ${pid})`;
}

/** What it was asked for, by whomever it was. */
function tellOrder(input: unknown): string {
  const { order, takenUp } = members(input);
  const { change, policy } = members(order);
  const accept = members(policy).accept;
  const changes = tellChange(members(change));
  return [
    ...(takenUp ? [`goes on from run ${members(takenUp).runId}`] : []),
    ...(changes ? [`asked for ${changes}`] : []),
    ...(Array.isArray(accept) && accept.length > 0 ? [`accepted ${accept.join(', ')}`] : []),
  ]
    .map((words) => `; ${words}`)
    .join('');
}

function tellCall({ operation, change }: Members): string {
  return `${operation} ${tellChange(members(change))}`.trimEnd();
}

/** Secrets stand in it as the places where they are. */
function tellChange(change: Members): string {
  const tell = (value: unknown): unknown =>
    typeof value === 'object' ? Object.values(members(value)).join(' ') : value;
  return Object.entries(change)
    .map(([name, value]) => `${name} ${tell(value) || '(none)'}`)
    .join(', ');
}

function tellResult(value: Members): string {
  const { kind, failure, requestId, findings, accepted, proof, keyTest } = value;
  const details = [
    ...(failure ? [String(members(failure).code)] : []),
    ...(Array.isArray(findings) ? findings.map((finding) => `${finding?.check} ${finding?.status}`) : []),
    ...(Array.isArray(accepted) && accepted.length > 0 ? [`and ${accepted.join(', ')} accepted`] : []),
    ...(isSighting(kind) ? tellStore(value) : []),
    ...(members(keyTest).status === 'failing' ? ['keys do not work'] : []),
    ...(requestId ? [`request ${requestId}`] : []),
  ];
  // A sleep leaves no value.
  const word = kind === 'proven' ? (members(proof).status ?? kind) : (kind ?? 'waited');
  return [word, ...details].join(', ');
}

/** The answer to a call holds the look from before it, which is no news. */
const answers = ['accepted', 'refused', 'unclear', 'cutOff'];
const isSighting = (kind: unknown) => !answers.includes(String(kind));

function tellStore({ seen }: Members): string[] {
  const { connectionState, connectionErrorCode } = members(members(seen).store);
  return connectionState ? [`the store is ${[connectionState, connectionErrorCode].filter(Boolean).join(' ')}`] : [];
}

function members(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {};
}
