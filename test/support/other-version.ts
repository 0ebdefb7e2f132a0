/** Logs as a version with other steps would have written them: steps renamed, left out, or added. */
import type { DurableExecutionInvocationInput } from '@aws/durable-execution-sdk-js';
import type { LogRecord } from '../../src/ports/log.ts';
import { hash } from './sampling.ts';

export const rewritings = ['renamed', 'dropped', 'added'] as const;
export type Rewriting = (typeof rewritings)[number];

/** As much of a step as its place in a log decides about. */
interface Step<T> {
  readonly of: T;
  /** `5.settleStore`; null for what is no step. */
  readonly step: string | null;
  readonly isWrite: boolean;
}

/**
 * The same steps in another version's words. What the run sent is never left out, nor what it prepared before that: a version
 * without these steps would have done something else to the store.
 */
function rewrite<T>(
  steps: readonly Step<T>[],
  how: Rewriting,
  rename: (of: T, step: string) => T,
  add: (step: string) => T,
): readonly T[] {
  const lastWrite = steps.findLastIndex(({ isWrite }) => isWrite);
  let ordinal = 0;
  let known: string | null = null;
  return steps.flatMap(({ of, step, isWrite }, at) => {
    if (step === null) return [of];
    const name = step.replace(/^\d+\./, '');
    const isDroppable = !isWrite && at < lastWrite && !/^(prepareKeyVerification|hold|trialConnect)/.test(name);
    if (how === 'dropped' && isDroppable) return [];
    // The intent and the result of one step keep one ordinal.
    const isNew = step !== known;
    known = step;
    const added = how === 'added' && isNew ? [add(`${nextOrdinal()}.ponder`)] : [];
    if (isNew) ordinal += 1;
    const words = how === 'renamed' ? `${name.replace(/^(\w+)/, '$1OfAnotherVersion')}` : name;
    return [...added, rename(of, `${ordinal}.${words}`)];
  });

  function nextOrdinal(): number {
    ordinal += 1;
    return ordinal;
  }
}

/** The log of a process. */
export function rewriteLog(records: readonly LogRecord[], how: Rewriting): readonly LogRecord[] {
  const writes = new Set(records.flatMap((record) => (record.kind === 'intent' ? [record.step] : [])));
  const steps = records.map((of) => ({
    of,
    step: 'step' in of ? of.step : null,
    isWrite: 'step' in of && writes.has(of.step),
  }));
  const rename = (of: LogRecord, step: string): LogRecord => ('step' in of ? { ...of, step } : of);
  const value = { kind: 'pondered', observed: null, calls: {} };
  return rewrite(steps, how, rename, (step) => ({ kind: 'result', step, atMs: 0, cancelRequested: false, value }));
}

type Operations = NonNullable<DurableExecutionInvocationInput['InitialExecutionState']>['Operations'];

/** What the durable service keeps of the first run of an execution, as another version's handler would have left it. */
export function rewriteRun(operations: Operations, how: Rewriting): Operations {
  const run = operations.find(({ Name }) => Name === 'run 1');
  const isOwn = ({ ParentId }: Operations[number]) => run !== undefined && ParentId === run.Id;
  const split = (name = '') => /^(\S+)(.*)$/.exec(name)?.slice(1) ?? [name, ''];
  const own = operations.filter(isOwn).sort((one, other) => ordinalOf(one.Name) - ordinalOf(other.Name));
  const steps = own.map((of) => {
    const [step = '', suffix] = split(of.Name);
    return { of, step, isWrite: suffix !== '' };
  });
  const rename = (of: Operations[number], step: string) => ({ ...of, Name: `${step}${split(of.Name)[1]}` });
  const Result = JSON.stringify({ value: { kind: 'pondered' }, atMs: 0, cancelRequested: false });
  const kept = { ...(run as Operations[number]), ParentId: run?.Id, Status: 'SUCCEEDED' };
  const add = (step: string) =>
    ({ ...kept, Id: `added ${step}`, Name: step, StepDetails: { Result } }) as Operations[number];
  return [...operations.filter((one) => !isOwn(one)), ...rewrite(steps, how, rename, add)];
}

const ordinalOf = (name = '') => Number.parseInt(name, 10);

export function chooseRewriting(word: string): Rewriting {
  return rewritings[hash(`how ${word}`) % rewritings.length] ?? 'renamed';
}
