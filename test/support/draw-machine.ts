/** Draws machines/README.md from the machine: the pictures and the table cannot be older than the transitions. */
import { initialOf, readStates, type State } from './machine-arrows.ts';

/** The normal course of an offline update, in eight boxes: the words for people, and the state each stands for. */
export const road = [
  ['Observe', 'describing'],
  ['Plan', 'planning'],
  ['Check', 'checking'],
  ['Approve', 'approving'],
  ['Disconnect', 'acting.disconnecting.calling'],
  ['Update', 'acting.updating'],
  ['Connect', 'acting.connecting.calling'],
  ['Verify', 'acting.verifyingKeys'],
] as const;

interface Phase {
  readonly title: string;
  readonly text: string;
  /** The states of the phase, or the parents of all of them. */
  readonly roots: readonly string[];
  /** Outcomes that are drawn: how the phase ends when all goes well. */
  readonly goals: readonly string[];
}

export const phases: readonly Phase[] = [
  {
    title: 'Look',
    text: 'Reads, decides, checks and asks. Nothing is sent that changes the store.',
    roots: [
      'describing',
      'settlingFirst',
      'planning',
      'checking',
      'preparing',
      'connectingTrialStore',
      'approving',
      'waiting',
    ],
    goals: ['unchanged'],
  },
  {
    title: 'Change',
    text: 'From the first write on. `acting.choosing` decides each next step by what was last observed.',
    roots: [
      ...['choosing', 'tryingLive', 'arming', 'disarming', 'fencing', 'disconnecting', 'updating', 'connecting'],
      ...['enablingKeys', 'verifyingKeys', 'confirmingSettings', 'holding'],
    ].map((name) => `acting.${name}`),
    goals: ['updated'],
  },
  {
    title: 'Roll back',
    text: 'After a failure: hold, connect again, or restore the old settings.',
    roots: ['acting.recovering', 'acting.checkingWayBack', 'acting.rollingBack'],
    goals: ['rolledBack'],
  },
];

/** Whether the state belongs to the phase. `acting.choosing` does not contain `acting.choosingMore`. */
export function isIn({ roots }: Pick<Phase, 'roots'>, path: string): boolean {
  return roots.some((root) => path === root || path.startsWith(`${root}.`));
}

export function drawMachine(): string {
  const states = readStates();
  return `# The state machine

\`safe-update/\` is the state machine of a safe update, in [XState](https://stately.ai/docs/xstate): states and transitions, without
effects. It is exported at \`cks-safe-update/machine\`. This page is generated from it; \`npx vitest run test/machines -u\` draws it again.

| file | what it holds |
|---|---|
| \`machine.ts\`, \`acting.ts\`, \`ending.ts\` | states and transitions; they read as a runbook |
| \`rolling-back.ts\` | the states of a rollback |
| \`guards.ts\` | the conditions of the transitions |
| \`actor-inputs.ts\`, \`outputs.ts\` | what each actor is asked, and what it answers |
| \`inputs.ts\` | how the input of each actor follows from the context |
| \`context.ts\` | what the machine knows, by what it concerns |
| \`actions.ts\`, \`explain.ts\` | what the run remembers of each result |
| \`resume-state.ts\` | the facts that a resume needs, written with each call that changes the store |

## The road of an offline update

\`\`\`mermaid
flowchart LR
${road.map(([words], at) => `  ${at + 1}["${words}"]`).join('\n')}
  ${road.map((_, at) => at + 1).join(' --> ')}
\`\`\`

A live change goes from *Approve* to \`acting.tryingLive\`, and from there to *Verify*. A stop is a flag on every result, not an event: it
is tested in named places only. Before each outcome the run takes an armed dead man's switch away, if that is safe (\`ending.*\`).

${phases.map((phase) => drawPhase(phase, states)).join('\n\n')}

## Every state and transition

Transitions are tried in order: failures first, success last. A transition without a condition is always taken.

| state | actor | transitions |
|---|---|---|
${states
  .filter(({ isFinal, arrows }) => !isFinal && arrows.length > 0)
  .map(drawRow)
  .join('\n')}

## Outcomes

| outcome | meaning |
|---|---|
${states
  .filter(({ isFinal }) => isFinal)
  .map(({ path, description }) => `| \`${path}\` | ${description} |`)
  .join('\n')}
`;
}

function drawRow({ path, description, invokes, arrows }: State): string {
  const drawn = arrows.map(({ guard, target }) => (guard ? `${guard} → \`${target}\`` : `→ \`${target}\``));
  return `| \`${path}\`${description ? `<br>${description}` : ''} | ${invokes ? `\`${invokes}\`` : ''} | ${drawn.join('<br>')} |`;
}

/** One transition of a picture: its ends as boxes, and its condition. */
interface Line {
  readonly from: string;
  readonly to: string;
  readonly guard: string;
}

function drawPhase(phase: Phase, states: readonly State[]): string {
  const lines = states.filter(({ path }) => isIn(phase, path)).flatMap(linesOf);
  const moves = lines.filter(({ from, to }) => from !== to);
  const isDrawn = ({ to }: Line) => phase.goals.includes(to) || phaseOf(to) !== undefined;
  return `## ${phase.title}

${phase.text}

\`\`\`mermaid
stateDiagram-v2
${drawLines(moves.filter(isDrawn), phase).join('\n')}
\`\`\`

Not drawn, to keep the picture readable:

${listEnds(moves.filter((line) => !isDrawn(line))).join('\n')}`;
}

function linesOf({ path, arrows }: State): readonly Line[] {
  return arrows.map(({ guard, target }) => ({ from: boxOf(path), to: boxOf(target), guard }));
}

/** A call and the wait for its effect are one box, and so are an outcome and what comes right before it. */
function boxOf(path: string): string {
  const box = path.replace(/\.(calling|settling)$/, '').replace(/^ending\./, '');
  return initialOf(box)?.endsWith('.choosing') ? `${box}.choosing` : box;
}

/** Lines with the same ends are one, with all their conditions. A state of another phase is a box with the phase's title. */
function drawLines(lines: readonly Line[], phase: Phase): readonly string[] {
  const others = phases.filter((other) => other !== phase && lines.some(({ to }) => isIn(other, to)));
  const conditions = new Map<string, string[]>();
  for (const { from, to, guard } of lines) {
    const other = others.find((one) => isIn(one, to));
    const ends = `${idOf(from)} --> ${other ? phaseId(other) : idOf(to)}`;
    conditions.set(ends, [...(conditions.get(ends) ?? []), guard || 'else']);
  }
  return [
    ...others.map((other) => `  state "${other.title}" as ${phaseId(other)}`),
    ...[...conditions].map(([ends, guards]) => `  ${ends}: ${[...new Set(guards)].join(', ')}`),
  ];
}

function listEnds(lines: readonly Line[]): readonly string[] {
  const sources = new Map<string, Set<string>>();
  for (const { from, to } of lines) sources.set(to, (sources.get(to) ?? new Set()).add(from));
  return [...sources].map(([to, froms]) => `- to \`${to}\` from ${[...froms].map((from) => `\`${from}\``).join(', ')}`);
}

const phaseOf = (path: string) => phases.find((phase) => isIn(phase, path));
const phaseId = ({ title }: Phase) => title.replaceAll(' ', '').toUpperCase();
const idOf = (path: string) => path.replace(/^acting\.(rollingBack\.)?/, '').replaceAll('.', '_');
