/** Reads a scenario file, YAML or JSON (which is YAML too), and says what is wrong with it by file, line and path. */
import { findMistakes, type Mistake, type Path } from './check.ts';
import { type Scenario, scenarioSchema } from './format.ts';
import { ScenarioError } from './scenario-error.ts';

export interface ReadScenario {
  readonly scenario: Scenario;
  /** `FILE:LINE:COLUMN` of what stands at a path. */
  locate(path: Path): string;
}

/** No file that is longer is read. */
export const longestBytes = 1024 * 1024;
/** Aliases are for a person's convenience; a file that needs more of them unfolds to fill the memory. */
const mostAliases = 100;

/** What older files call a member. */
const formerNames: Readonly<Record<string, string>> = { hands: 'externalActors', readings: 'interpretations' };

/** `file` is only named, not read. @throws ScenarioError */
export async function readScenario(file: string, text: string): Promise<ReadScenario> {
  const fail = (what: string, place = file): never => {
    throw new ScenarioError([], what, place);
  };
  if (Buffer.byteLength(text) > longestBytes) fail('a scenario has at most 1 MiB');
  const { isScalar, LineCounter, parseDocument, visit } = await import('yaml');
  const lineCounter = new LineCounter();
  const placeOf = (offset: number): string => {
    const { line, col } = lineCounter.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const uniqueKeys = (a: unknown, b: unknown) => isScalar(a) && isScalar(b) && String(a.value) === String(b.value);
  const document = attempt(() => parseDocument(text, { lineCounter, prettyErrors: false, uniqueKeys }), fail);
  const [broken] = [...document.errors, ...document.warnings];
  if (broken) fail(explain(broken), isTooDeep(broken) ? file : placeOf(broken.pos[0]));
  // Another version of YAML or a tag gives plain text another meaning.
  if (document.directives?.toString()) fail('takes no directives that begin with %', `${file}:1:1`);
  const tagged = attempt(() => findTagged(document), fail);
  if (tagged) fail(`takes no tags: ${tagged.tag}`, placeOf(tagged.offset));
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key) && Object.hasOwn(formerNames, String(key.value))) key.value = formerNames[String(key.value)];
    },
  });
  const value: unknown = attempt(() => document.toJS({ maxAliasCount: mostAliases }), fail);

  function findTagged(root: typeof document): { readonly tag: string; readonly offset: number } | undefined {
    let found: { readonly tag: string; readonly offset: number } | undefined;
    visit(root, (_, node) => {
      const { tag, range } = (node ?? {}) as { readonly tag?: string; readonly range?: readonly number[] };
      if (tag === undefined) return undefined;
      found = { tag, offset: range?.[0] ?? 0 };
      return visit.BREAK;
    });
    return found;
  }

  /** What is not there, or stands behind an alias, is where it should be. */
  const locate = (path: Path): string => {
    const node = document.getIn(path, true) as { range?: readonly number[] } | undefined;
    if (node?.range?.[0] !== undefined) return placeOf(node.range[0]);
    return path.length === 0 ? `${file}:1:1` : locate(path.slice(0, -1));
  };
  const mistakes = findMistakes(scenarioSchema, value);
  if (mistakes[0]) fail(`${describeMistake(mistakes[0])}${countOthers(mistakes)}`, locate(mistakes[0].path));
  return { scenario: value as Scenario, locate };
}

function describeMistake({ path, message }: Mistake): string {
  return new ScenarioError(path, message).message;
}

function countOthers({ length }: readonly Mistake[]): string {
  return length > 1 ? ` (and ${length - 1} more)` : '';
}

function attempt<T>(work: () => T, fail: (what: string) => never): T {
  try {
    return work();
  } catch (error) {
    return fail(explain(error as Error));
  }
}

function explain(error: Error): string {
  return isTooDeep(error) ? 'is nested too deeply' : error.message;
}

/** The parser is recursive, and says no more than that the stack is full. */
function isTooDeep({ message }: Error): boolean {
  return message.includes('call stack');
}
