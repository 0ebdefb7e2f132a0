/** Reads the states and arrows off the real machine: for the diagram, and to see that tests have walked them all. */
import { safeUpdateMachine } from '../../machines/safe-update/index.ts';
import { type Arrow, nameArrow } from './trace.ts';

export interface State {
  readonly path: string;
  readonly description: string;
  readonly isFinal: boolean;
  readonly invokes: string | undefined;
  readonly arrows: readonly { readonly name: string; readonly guard: string; readonly target: string }[];
}

interface Node {
  readonly path: readonly string[];
  readonly description: string | undefined;
  readonly type: string;
  readonly invoke: readonly { readonly id: string }[];
  readonly transitions: ReadonlyMap<string, readonly Arrow[]>;
  readonly always?: readonly Arrow[] | undefined;
  readonly states: Readonly<Record<string, Node>>;
  readonly initial?: { readonly target: readonly Node[] | undefined };
}

export function readStates(): readonly State[] {
  return flatten(safeUpdateMachine.root as unknown as Node).filter(({ path }) => path !== '');
}

/** Every arrow of the machine, named as a trace names those that were taken. */
export function readArrows(): readonly string[] {
  return readStates().flatMap(({ arrows }) => arrows.map(({ name }) => name));
}

export function initialOf(path: string): string | undefined {
  const node = path
    .split('.')
    .reduce<Node | undefined>((at, key) => at?.states[key], safeUpdateMachine.root as unknown as Node);
  return node?.initial?.target?.[0]?.path.join('.');
}

function flatten(node: Node): readonly State[] {
  const arrows = [...node.transitions.values(), node.always ?? []].flat().map((arrow) => ({
    name: nameArrow(arrow),
    guard: arrow.guard === undefined ? '' : String(arrow.guard),
    target: (arrow.target ?? []).map(({ path }) => path.join('.')).join(' '),
  }));
  const state = {
    path: node.path.join('.'),
    description: node.description ?? '',
    isFinal: node.type === 'final',
    invokes: node.invoke[0]?.id,
    arrows,
  };
  return [state, ...Object.values(node.states).flatMap(flatten)];
}
