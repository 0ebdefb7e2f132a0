/**
 * Kills the real command at one record of its journal. From outside: the journal is looked at while the command runs, and
 * once more as each call arrives, so that nothing reaches KMS behind the record at which the process was to die.
 */
import { mkdirSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeLine, holdsSynced } from '../../src/disk/journal/format.ts';
import type { Ended, Environment, Rehearsal } from './command.ts';

export interface Moment {
  /** The record that the journal has then, as its kind and its step: `intent 5.disconnectStore`. */
  readonly record: string;
  /** `sent`: the call of this intent still reaches KMS, and its answer does not come back. */
  readonly dies: 'before' | 'sent';
}

export interface JournalLine {
  readonly kind: string;
  readonly step?: string;
  readonly [member: string]: unknown;
}

const runsOf = (folder: string) => join(folder, 'state/runs');

/** The ids of the runs that have a journal, oldest first. */
export function listRunIds(folder: string): string[] {
  mkdirSync(runsOf(folder), { recursive: true, mode: 0o700 });
  const names = readdirSync(runsOf(folder)).filter((name) => name.endsWith('.ndjson'));
  return names.map((name) => name.replace('.ndjson', '')).sort();
}

function readLines(folder: string, runId: string): string[] {
  const text = readFileSync(join(runsOf(folder), `${runId}.ndjson`), 'utf8');
  return text.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'));
}

export function readJournalOf(folder: string, runId: string): JournalLine[] {
  return readLines(folder, runId).map((line) => JSON.parse(line));
}

/** Lets time pass: every journal says that it was written so much earlier. */
export function ageJournals(folder: string, ms: number): void {
  for (const runId of listRunIds(folder)) {
    rewriteJournal(folder, runId, (line) => {
      const aged = ['atMs', 'startedAtMs'].flatMap((name) => (name in line ? [[name, Number(line[name]) - ms]] : []));
      return { ...line, ...Object.fromEntries(aged) };
    });
  }
}

/** Another journal in its place, as a process would have written it. */
export function rewriteJournal(
  folder: string,
  runId: string,
  change: (line: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>,
): void {
  let sumBefore = 0;
  const rewritten = readLines(folder, runId).map((text) => {
    const { sum: _, synced: __, ...line } = JSON.parse(text);
    const encoded = encodeLine({ kind: String(line.kind), ...change(line) }, holdsSynced(text), sumBefore);
    sumBefore = encoded.sum;
    return encoded.text;
  });
  writeFileSync(join(runsOf(folder), `${runId}.ndjson`), rewritten.join(''));
}

/** Each moment of a whole journal at which a process may die: at each record, and at an intent once more behind its call. */
export function momentsOf(journal: readonly JournalLine[]): Moment[] {
  const records = new Set(journal.slice(0, -1).map(nameRecord));
  return [...records].flatMap((record): Moment[] => {
    const before = { record, dies: 'before' } as const;
    return record.startsWith('intent') ? [before, { record, dies: 'sent' }] : [before];
  });
}

const nameRecord = ({ kind, step }: JournalLine): string => (step === undefined ? kind : `${kind} ${step}`);

/** Where the record stands. A wait whose first look sees the end of it may leave no note: then it is its result that counts. */
function findRecord(journal: readonly JournalLine[], record: string): number {
  const result = record.replace('note', 'result');
  return journal.findIndex((line) => [record, result].includes(nameRecord(line)));
}

export const hasRecord = (folder: string, runId: string, record: string): boolean =>
  findRecord(readJournalOf(folder, runId), record) >= 0;

/** The calls that change a store. */
export const mutations: readonly string[] = [
  'UpdateCustomKeyStore',
  'ConnectCustomKeyStore',
  'DisconnectCustomKeyStore',
  'CreateCustomKeyStore',
  'DeleteCustomKeyStore',
];

/** Behind its last call a process may be faster than its killer: then its journal is left as one killed in time leaves it. */
function cutJournal(folder: string, runId: string | undefined, record: string): void {
  if (runId === undefined) return;
  const lines = readLines(folder, runId);
  const kept = lines.slice(0, findRecord(readJournalOf(folder, runId), record) + 1);
  if (kept.length < lines.length) writeFileSync(join(runsOf(folder), `${runId}.ndjson`), `${kept.join('\n')}\n`);
}

/** Runs the command until the journal of its run has this record, and kills it there. */
export async function killAt(
  rehearsal: Rehearsal,
  words: readonly string[],
  env: Environment,
  { record, dies }: Moment,
): Promise<Ended> {
  const { simulator, folder } = rehearsal;
  const earlier = listRunIds(folder).length;
  const running = rehearsal.start(words, env);
  const kill = () => running.process.kill('SIGKILL');
  const isThere = () => {
    const runId = listRunIds(folder)[earlier];
    return runId !== undefined && hasRecord(folder, runId, record);
  };

  const { receiveAsking } = simulator;
  simulator.receiveAsking = (ask, operation, input, caller) => {
    const arrives = () => receiveAsking(ask, operation, input, caller);
    if (!isThere() || (dies === 'sent' && !mutations.includes(operation))) return arrives();
    kill();
    if (dies === 'before') throw new Error('it does not arrive: its sender is dead');
    return arrives();
  };
  const watcher = watch(runsOf(folder), () => dies === 'before' && isThere() && kill());
  try {
    const ended = await running.ended;
    if (dies === 'before') cutJournal(folder, listRunIds(folder)[earlier], record);
    return ended;
  } finally {
    watcher.close();
    simulator.receiveAsking = receiveAsking;
  }
}
