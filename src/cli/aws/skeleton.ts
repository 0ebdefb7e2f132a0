/** `--generate-cli-skeleton`: what an operation takes, or what it would answer. */
import { isObject, type Json } from './json.ts';
import { entryMembers, inputsOf, type Operation, proxyMembers } from './operations.ts';
import type { Answer } from './pages.ts';
import { nothing } from './print.ts';

export const skeletonWords = ['input', 'yaml-input', 'output'] as const;

export function writeSkeleton(operation: Operation, word: 'input' | 'yaml-input'): string {
  const members = inputsOf(operation);
  if (word === 'yaml-input') {
    return members.map(({ name, sample, help }) => `# ${help}\n${name}:${toYaml(sample)}\n`).join('');
  }
  return `${JSON.stringify(Object.fromEntries(members.map(({ name, sample }) => [name, sample])), null, 4)}\n`;
}

function toYaml(sample: Json): string {
  if (!isObject(sample)) return sample === '' ? " ''" : ` ${sample}`;
  return Object.entries(sample)
    .map(([name, value]) => `\n  ${name}:${toYaml(value)}`)
    .join('');
}

/** An answer with its members' names for values. */
export function sampleAnswer(operation: Operation): Answer {
  if (operation !== 'DescribeCustomKeyStores') return nothing;
  const named = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, name]));
  const proxy = { XksProxyConfiguration: named(proxyMembers) };
  const entry = { ...named(entryMembers), CreationDate: '1970-01-01T00:00:00', ...proxy };
  const page = { CustomKeyStores: [entry], NextMarker: 'NextMarker', Truncated: true };
  return { whole: page, parts: [page], pages: [page] };
}
