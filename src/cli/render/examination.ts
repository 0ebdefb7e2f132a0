/** What the doctor found, the most pressing first. */
import type { Examination } from '../../library/doctor.ts';
import { formatAge } from '../duration.ts';
import { renderFindings } from './findings.ts';
import { columnsOf, wrap } from './lines.ts';
import { nameStoreAndState } from './stores.ts';

export function renderExamination(found: Examination, nowMs: number): string {
  const { store, verdict, error, checks, next } = found;
  if (store === null) return '';
  const told: [string, string][] = error
    ? [
        ['error', error.code],
        ['cause', error.cause],
        ['fault', error.fault],
        ['remedy', error.remedy],
      ]
    : [];
  const lines = [
    wrap(nameStoreAndState(store), 'doctor  '),
    ...columnsOf([['verdict', verdict], ...told, ['keys', tellKeys(found, nowMs)]]),
    ...(checks.length > 0 ? ['  Checks of the settings in force:', ...renderFindings(checks, '    ')] : []),
    ...(next.length > 0 ? ['  Type next:', ...next.map((command) => `    ${command}`)] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function tellKeys({ store, keys, offline }: Examination, nowMs: number): string {
  if (keys === null) return 'cannot be listed';
  const count = `${keys.inStore} ${keys.inStore === 1 ? 'key' : 'keys'}`;
  const hidden = keys.hidden > 0 ? `; ${keys.hidden} more of the account could not be looked at` : '';
  if (store?.connectionState === 'CONNECTED') return `${count} in use${hidden}`;
  const since = offline
    ? `, for ${formatAge(nowMs - Date.parse(offline.since))} now (since ${offline.since}, run ${offline.runId})`
    : '';
  return `${count} cannot be used${since}${hidden}`;
}
