/** Stores that are offline for too long, for people and for what a monitor mails. */

import { formatAge } from '../../../domain/duration.ts';
import type { LongOutage, LongOutages } from '../../../library/outages.ts';
import { wrap } from './lines.ts';

/** `most`: as it was asked for. */
export function renderOutages({ offline, problems, tableProblems }: LongOutages, most: string): string {
  const lines = [
    ...(offline.length === 0 ? [`no run has a store offline for longer than ${most}`] : offline.map(describeOutage)),
    ...problems.map(({ problem }) => wrap(problem.message, 'cannot be read: ', '  ')),
    ...tableProblems.map((problem) => wrap(problem, 'cannot be read: ', '  ')),
  ];
  return `${lines.join('\n')}\n`;
}

function describeOutage({
  customKeyStoreId,
  storeName,
  account,
  region,
  since,
  offlineMs,
  runId,
  host,
}: LongOutage): string {
  const store = storeName === null ? customKeyStoreId : `"${storeName}" (${customKeyStoreId})`;
  const where = `in ${region} of ${account}`;
  const when = `offline since ${since}, for ${formatAge(offlineMs)}`;
  const by = `by run ${runId}${host === undefined ? '' : ` on ${host}`}`;
  return wrap(`${where} is ${when}, ${by}; continue with: cks resume ${runId}`, `${store} `, '  ');
}
