/** Draws machines/README.md from the machine: the diagram and the table cannot be older than the arrows. */
import { initialOf, readStates, type State } from './machine-arrows.ts';

export function drawMachine(): string {
  const states = readStates();
  return `# The lifecycle

\`safe-update/\` is the statechart of a safe update: states and arrows, and no effect. \`machine.ts\` reads as the runbook
itself, \`rolling-back.ts\` is its way back, \`guards.ts\` holds the questions that the arrows ask, \`questions.ts\` what each
actor is asked, \`actions.ts\` and \`explain.ts\` what is remembered of the answers. A stop is no event: it is stamped on every
answer and looked at in named places only.

This page is generated from the machine; \`npm test -- -u\` draws it anew.

\`\`\`mermaid
${drawDiagram(states).join('\n')}
\`\`\`

| state | asks | arrows, tried in order |
|---|---|---|
${states
  .filter(({ isFinal, arrows }) => !isFinal && arrows.length > 0)
  .map(drawRow)
  .join('\n')}

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

function drawDiagram(states: readonly State[]): string[] {
  return ['stateDiagram-v2', '  [*] --> describing', ...drawLevel(states, '', '  ')];
}

/** One level of the chart: its states nested, and the arrows that stay inside it but not inside one of them. */
function drawLevel(states: readonly State[], parent: string, indent: string): string[] {
  const composites = states
    .filter(({ path }) => path !== '' && parentOf(path) === parent && initialOf(path) !== undefined)
    .flatMap(({ path }) => [
      `${indent}state ${idOf(path)} {`,
      `${indent}  [*] --> ${idOf(initialOf(path) ?? '')}`,
      ...drawLevel(states, path, `${indent}  `),
      `${indent}}`,
    ]);
  const arrows = states.flatMap(({ path, arrows }) =>
    arrows
      .filter(({ target }) => sharedParent(path, target) === parent)
      .map(({ guard, target }) => `${indent}${idOf(path)} --> ${idOf(target)}${guard ? `: ${guard}` : ''}`),
  );
  const ends = states.filter(({ path, isFinal }) => isFinal && parentOf(path) === parent);
  return [...composites, ...arrows, ...ends.map(({ path }) => `${indent}${idOf(path)} --> [*]`)];
}

const parentOf = (path: string) => path.split('.').slice(0, -1).join('.');

/** The innermost composite that holds both states. */
function sharedParent(source: string, target: string): string {
  const [from, to] = [parentOf(source).split('.'), parentOf(target).split('.')];
  const shared = from.filter(
    (key, at) => from.slice(0, at + 1).join('.') === to.slice(0, at + 1).join('.') && key !== '',
  );
  return shared.join('.');
}

const idOf = (path: string) => path.replaceAll('.', '_');
