/** Who will notice an outage of a store, in Markdown for a change ticket. */
import { nameUser } from '../../../domain/impact/impact.ts';
import { storeName } from '../../../domain/key-store.ts';
import type { ImpactResult } from '../../../library/impact.ts';
import { escapeText, section, table } from '../../../report/markdown-text.ts';
import {
  describeGap,
  describeKeys,
  describeNoUser,
  describeTotal,
  describeUse,
  describeUseOfKey,
  explainSample,
  nameKey,
} from './impact-words.ts';
import { nameStoreAndState } from './stores.ts';
import { renderWhere } from './where.ts';

export function renderImpactInMarkdown(found: ImpactResult): string {
  const { store, keys, users, consequences, gaps, at, reason } = found;
  if (store === null || reason) return '';
  const nowMs = Date.parse(at);
  const sample = explainSample(found);
  const list = (lines: readonly string[]) => lines.map((line) => `- ${escapeText(line)}`).join('\n');
  const parts = [
    `# ${escapeText(`Impact of an outage of ${storeName(store)}`)}`,
    list([
      `Store: ${nameStoreAndState(store)}`,
      `Where: ${renderWhere(found)}, at ${at}`,
      `Keys: ${describeKeys(found)}`,
      ...(keys.length > 0 ? [`Requests: ${describeTotal(found)}`] : []),
    ]),
    ...(keys.length > 0
      ? [
          section(
            'Keys',
            table(
              ['Key', 'Use'],
              keys.map((key) => [nameKey(key), describeUse(key, nowMs)]),
            ),
          ),
          section(
            'Who will notice',
            users.length === 0
              ? escapeText(describeNoUser(found))
              : table(
                  ['Who', 'Keys'],
                  users.map((user) => [
                    nameUser(user),
                    user.keys.map((use) => describeUseOfKey(use, found)).join(', '),
                  ]),
                ),
          ),
        ]
      : []),
    ...(consequences.length > 0
      ? [
          section(
            'What AWS documents for a key that is unusable',
            table(
              ['Service', 'What happens', 'Source'],
              consequences.map(({ service, text, source }) => [service, text, source]),
            ),
          ),
        ]
      : []),
    ...(sample === undefined ? [] : [section('Sample', escapeText(sample))]),
    ...(gaps.length > 0 ? [section('Not known', list(gaps.map(describeGap)))] : []),
  ];
  return `${parts.join('\n\n')}\n`;
}
