/** Every record of a run: when, what was asked, sent or seen, and what came of it. Another version may have written them. */
import { enableCommands, isLeftDisabled } from '../../../domain/fence.ts';
import type { JournalLine } from '../../../library/runs.ts';
import { findFence } from '../../../report/fence.ts';
import { commandsOf, wrap } from './lines.ts';

type Members = Readonly<Record<string, unknown>>;

/** `isAtWork`: a run works on its store now, and enables these keys itself. */
export function renderJournal(lines: readonly JournalLine[], isAtWork: boolean): string {
  const left = isAtWork ? [] : listLeft(lines);
  return `${[...lines.map((line) => renderLine(line as Members)), ...left].join('\n')}\n`;
}

/** Keys that are disabled where the records end: a later run may have enabled them. */
function listLeft(lines: readonly JournalLine[]): readonly string[] {
  const { runId, region } = members(lines[0]);
  const left = (findFence(lines)?.keys ?? []).filter(isLeftDisabled);
  if (left.length === 0) return [];
  const hasEnded = lines.some(({ kind }) => kind === 'end');
  const keys = left.map(({ keyId }) => keyId);
  const words = `Where the records end, these keys ${hasEnded ? 'are' : 'may be'} disabled. cks resume ${runId} verifies each.`;
  // What the run was about to see of the key source is not known.
  const commands = hasEnded ? enableCommands(left, String(region)) : [];
  return [...commandsOf(words, keys), ...commandsOf('Without a test:', commands)];
}

const tellers: Readonly<Record<string, (line: Members) => string>> = {
  run: ({ runId, version, who, account, region, input }) =>
    `run ${runId} by ${describeWho(who)}, cks ${version}, ${region} of account ${account}${describeRequest(input)}`,
  resumed: ({ who, version }) => `resumed by ${describeWho(who)}, cks ${version}`,
  intent: ({ step, sending }) => `${step}: sending ${describeCall(members(sending))}`,
  result: ({ step, value, cancelRequested }) =>
    `${step}: ${describeResult(members(value))}${cancelRequested ? '; a stop was requested' : ''}`,
  note: ({ step, note }) => `${step}: ${String(note)}`,
  stop: () => 'a stop was requested',
  end: ({ outcome }) => `ended ${outcome ?? 'without an outcome'}`,
};

function renderLine(line: Members): string {
  const at = line.atMs ?? line.startedAtMs;
  const stamp = typeof at === 'number' ? `${new Date(at).toISOString().slice(0, 19)}Z` : '';
  const describe = tellers[String(line.kind)] ?? (() => String(line.kind));
  return wrap(describe(line), `${stamp}  `);
}

function describeWho(who: unknown): string {
  const { user, host, pid } = members(who);
  return `${user} on ${host} (process ${pid})`;
}

/** What it was asked for, by whomever it was. */
function describeRequest(input: unknown): string {
  const { request, resumedFrom } = members(input);
  const { change, policy } = members(request);
  const accept = members(policy).accept;
  const changes = describeChange(members(change));
  return [
    ...(resumedFrom ? [`continues run ${members(resumedFrom).runId}`] : []),
    ...(changes ? [`requested ${changes}`] : []),
    ...(Array.isArray(accept) && accept.length > 0 ? [`accepted ${accept.join(', ')}`] : []),
  ]
    .map((words) => `; ${words}`)
    .join('');
}

function describeCall({ operation, change }: Members): string {
  return `${operation} ${describeChange(members(change))}`.trimEnd();
}

/** Secrets stand in it as the places where they are. */
function describeChange(change: Members): string {
  const describe = (value: unknown): unknown =>
    typeof value === 'object' ? Object.values(members(value)).join(' ') : value;
  return Object.entries(change)
    .map(([name, value]) => `${name} ${describe(value) || '(none)'}`)
    .join(', ');
}

function describeResult(value: Members): string {
  const { kind, failure, requestId, findings, accepted, keyVerification, keyTest } = value;
  const details = [
    ...(failure ? [String(members(failure).code)] : []),
    ...(Array.isArray(findings) ? findings.map((finding) => `${finding?.check} ${finding?.status}`) : []),
    ...(Array.isArray(accepted) && accepted.length > 0 ? [`and ${accepted.join(', ')} accepted`] : []),
    ...(isObservation(kind) ? describeStore(value) : []),
    ...(members(keyTest).status === 'failing' ? ['keys do not work'] : []),
    ...(requestId ? [`request ${requestId}`] : []),
  ];
  // A sleep leaves no value.
  const word = kind === 'verified' ? (members(keyVerification).status ?? kind) : (kind ?? 'waited');
  return [word, ...details].join(', ');
}

/** The answer to a call holds the look from before it, which is no news. */
const answers = ['accepted', 'refused', 'unclear', 'cutOff'];
const isObservation = (kind: unknown) => !answers.includes(String(kind));

function describeStore({ observed }: Members): string[] {
  const { connectionState, connectionErrorCode } = members(members(observed).store);
  return connectionState ? [`the store is ${[connectionState, connectionErrorCode].filter(Boolean).join(' ')}`] : [];
}

function members(value: unknown): Members {
  return typeof value === 'object' && value !== null ? (value as Members) : {};
}
