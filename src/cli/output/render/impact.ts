/** Who will notice an outage of a store, as text. */
import { nameUser } from '../../../domain/impact/impact.ts';
import type { ImpactResult } from '../../../library/impact.ts';
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
import { columnsOf, rowsOf, wrap } from './lines.ts';
import { nameStoreAndState } from './stores.ts';
import { renderWhere } from './where.ts';

export function renderImpact(found: ImpactResult): string {
  const { store, keys, users, consequences, gaps, at, reason } = found;
  if (store === null || reason) return '';
  const nowMs = Date.parse(at);
  const sample = explainSample(found);
  return `${[
    wrap(nameStoreAndState(store), 'IMPACT  '),
    wrap(renderWhere(found), '        '),
    ...rowsOf([
      { label: 'Keys', text: describeKeys(found) },
      ...(keys.length > 0 ? [{ label: 'Requests', text: describeTotal(found) }] : []),
    ]),
    ...(keys.length > 0
      ? ['Keys, the most used first:', ...columnsOf(keys.map((key) => [nameKey(key), describeUse(key, nowMs)]))]
      : []),
    ...(keys.length > 0 ? ['Who will notice:'] : []),
    ...(keys.length > 0 && users.length === 0 ? [wrap(describeNoUser(found), '  ')] : []),
    ...columnsOf(
      users.map((user) => [nameUser(user), user.keys.map((use) => describeUseOfKey(use, found)).join(', ')]),
    ),
    ...(consequences.length > 0 ? ['What AWS documents for a key that is unusable:'] : []),
    ...columnsOf(consequences.map(({ service, text, source }) => [service, `${text} ${source}`])),
    ...rowsOf([
      ...(sample === undefined ? [] : [{ label: 'Sample', text: sample }]),
      ...gaps.map((gap) => ({ mark: '!' as const, label: 'Not known', text: describeGap(gap) })),
    ]),
  ].join('\n')}\n`;
}
