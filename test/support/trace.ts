/** Records what a run did, as one list: a line for each state entered, with the KMS calls made in it. */
import type { InspectionEvent } from 'xstate';
import { foldLines } from './fold.ts';

export interface Trace {
  /** One line a state: `disconnecting.settling: Describe→DISCONNECTING ×4, Describe→DISCONNECTED`. */
  readonly lines: readonly string[];
  /** The arrows taken, each as `source --guard--> target`. */
  readonly edges: readonly string[];
  readonly inspect: (event: InspectionEvent) => void;
  readonly call: (word: string) => void;
}

interface Node {
  readonly path: readonly string[];
}

export interface Arrow {
  readonly source: Node;
  readonly target: readonly Node[] | undefined;
  readonly guard?: unknown;
}

/** `disconnecting.settling --isOverdue--> unsettled` */
export function nameArrow({ source, target, guard }: Arrow): string {
  const name = guard === undefined ? '' : `${String(guard)}--`;
  return `${source.path.join('.')} --${name}> ${(target ?? []).map(({ path }) => path.join('.')).join(' ')}`;
}

export function createTrace(): Trace {
  // The first state is entered without a microstep.
  const states: { state: string; calls: string[] }[] = [{ state: 'describing', calls: [] }];
  const edges: string[] = [];
  return {
    get lines() {
      return states.map(({ state, calls }) => (calls.length > 0 ? `${state}: ${fold(calls)}` : state));
    },
    edges,
    call(word) {
      states.at(-1)?.calls.push(word);
    },
    inspect(event) {
      if (event.type !== '@xstate.microstep') return;
      const arrows = (event as unknown as { _transitions: readonly Arrow[] })._transitions;
      for (const arrow of arrows) if (arrow.source.path.length > 0) edges.push(nameArrow(arrow));
      const { value } = event.snapshot as unknown as { value: unknown };
      states.push({ state: describeValue(value), calls: [] });
    },
  };
}

/** Folds repetitions of a call, or of a pair of calls where that is much shorter. */
function fold(calls: readonly string[]): string {
  const starts = [...calls.keys()].filter((at) => at % 2 === 0);
  const pairs = foldLines(starts.map((at) => `(${calls.slice(at, at + 2).join(', ')})`));
  const single = foldLines(calls);
  return (pairs.length * 2 < single.length ? pairs : single).join(', ');
}

function describeValue(value: unknown): string {
  if (typeof value === 'string') return value;
  return Object.entries(value as Record<string, unknown>)
    .map(([state, inner]) => `${state}.${describeValue(inner)}`)
    .join(' ');
}
