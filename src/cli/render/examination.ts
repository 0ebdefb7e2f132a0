/** What the doctor found, the most pressing first. */

import type { TestedKey } from '../../domain/store-key-test.ts';
import type { DoctorResult } from '../../library/doctor.ts';
import { formatAge } from '../duration.ts';
import { renderFindings } from './findings.ts';
import { columnsOf, wrap } from './lines.ts';
import { nameStoreAndState } from './stores.ts';

export function renderExamination(found: DoctorResult, nowMs: number): string {
  const { store, verdict, error, checks, next, keyTest } = found;
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
    ...columnsOf([
      ['verdict', verdict],
      ...told,
      ['keys', describeKeys(found, nowMs)],
      ...describeTest(found),
      ...describeSwitch(found),
    ]),
    ...keyTest.keys.map((key) => wrap(describeKey(key), '    - ')),
    ...(checks.length > 0 ? ['  Checks of the settings in force:', ...renderFindings(checks, '    ')] : []),
    ...(next.length > 0 ? ['  Type next:', ...next.map((command) => `    ${command}`)] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function describeTest({ keyTest, verdict }: DoctorResult): [string, string][] {
  return keyTest.status !== 'skipped' && !verdict.includes(keyTest.message) ? [['tested', keyTest.message]] : [];
}

function describeSwitch({ deadMansSwitch }: DoctorResult): [string, string][] {
  if (deadMansSwitch === null) return [];
  const { name, firesAt } = deadMansSwitch;
  return [['switch', `the dead man's switch ${name} is armed: AWS connects the store at ${firesAt}`]];
}

/** Named one by one, so that everybody sees which keys were used. */
function describeKey({ keyId, result, detail, encryptedAt }: TestedKey): string {
  const since = encryptedAt === undefined ? '' : ` (encrypted ${encryptedAt})`;
  return `${keyId}: ${resultWords[result]}${since}${detail === undefined ? '' : `: ${detail}`}`;
}

const resultWords: Readonly<Record<TestedKey['result'], string>> = {
  works: 'works',
  lost: 'does not decrypt what it encrypted',
  unusable: 'does not work',
  unknown: 'no answer that tells',
};

function describeKeys({ store, keys, offline }: DoctorResult, nowMs: number): string {
  if (keys === null) return 'cannot be listed';
  const count = `${keys.inStore} ${keys.inStore === 1 ? 'key' : 'keys'}`;
  const hidden = keys.hidden > 0 ? `; ${keys.hidden} more of the account could not be looked at` : '';
  if (store?.connectionState === 'CONNECTED') return `${count}${hidden}`;
  const since = offline
    ? `, for ${formatAge(nowMs - Date.parse(offline.since))} now (since ${offline.since}, run ${offline.runId})`
    : '';
  return `${count} cannot be used${since}${hidden}`;
}
