/** What the doctor found, the most pressing first. */

import { keyIdOf } from '../../../domain/arn.ts';
import { formatAge } from '../../../domain/duration.ts';
import type { TestedKey } from '../../../domain/store-key-test.ts';
import type { DoctorResult } from '../../../library/doctor.ts';
import { renderFindings } from './findings.ts';
import { commandsOf, type Mark, type Row, rowsOf, wrap } from './lines.ts';
import { nameStoreAndState } from './stores.ts';
import { renderWhere } from './where.ts';

const marks: Readonly<Record<string, Mark>> = { true: '✓', false: '✗', null: '!' };

export function renderDoctor(found: DoctorResult, nowMs: number): string {
  const { store, verdict, error, checks, next, keyTest, isWell } = found;
  if (store === null) return '';
  const rows: Row[] = [
    { mark: marks[String(isWell)], label: 'Verdict', text: verdict },
    ...(error
      ? [
          { label: 'Error', text: error.code },
          { label: 'Cause', text: error.cause },
          { label: 'At fault', text: error.fault },
          { label: 'Do next', text: error.remedy },
        ]
      : []),
    { label: 'Keys', text: describeKeys(found, nowMs) },
    ...testRow(found),
    ...switchRow(found),
  ];
  const lines = [
    wrap(nameStoreAndState(store), 'DOCTOR  '),
    wrap(renderWhere(found), '        '),
    ...rowsOf(rows),
    ...keyTest.keys.map((key) => wrap(describeKey(key), '      - ')),
    ...disabledLines(found),
    ...(checks.length > 0 ? ['Checks of the settings in force:', ...renderFindings(checks)] : []),
    ...commandsOf(isWell === false ? '  Once fixed, run:' : '  Run next:', next),
  ];
  return `${lines.join('\n')}\n`;
}

function testRow({ keyTest, verdict }: DoctorResult): Row[] {
  return keyTest.status !== 'skipped' && !verdict.includes(keyTest.message)
    ? [{ label: 'Key test', text: keyTest.message }]
    : [];
}

function switchRow({ deadMansSwitch }: DoctorResult): Row[] {
  if (deadMansSwitch === null) return [];
  const { name, firesAt } = deadMansSwitch;
  return [{ mark: '!', label: "Dead man's switch", text: `${name} is armed: AWS connects the store at ${firesAt}` }];
}

/** A resume verifies each key before it is used; the commands do not. */
function disabledLines({ disabledKeys }: DoctorResult): readonly string[] {
  const runIds = [...new Set(disabledKeys.map(({ runId }) => runId))];
  return runIds.flatMap((runId) => {
    const keys = disabledKeys.filter((key) => key.runId === runId);
    const commands = keys.flatMap(({ enable }) => enable ?? []);
    const withheld = keys.flatMap(({ keyId, enable }) => (enable === null ? [keyIdOf(keyId)] : []));
    const left = `! Disabled by run ${runId}. cks resume ${runId} verifies each`;
    return [
      ...(commands.length > 0 ? commandsOf(`${left}; without a test:`, commands) : [`${left}.`]),
      ...withheld.map((keyId) => `  ${keyId}: only that resume enables it, because it tests the key first`),
    ];
  });
}

/** Named one by one, so that the reader sees which keys were used. */
function describeKey({ keyId, result, detail, encryptedAt, runId }: TestedKey): string {
  const run = runId === undefined ? '' : `, run ${runId}`;
  const since = encryptedAt === undefined ? '' : ` (encrypted ${encryptedAt}${run})`;
  return `${keyIdOf(keyId)}: ${resultWords[result]}${since}${detail === undefined ? '' : `: ${detail}`}`;
}

const resultWords: Readonly<Record<TestedKey['result'], string>> = {
  works: 'works',
  lost: 'does not decrypt what it encrypted',
  unusable: 'does not work',
  unknown: 'unknown',
};

function describeKeys({ store, keys, offline }: DoctorResult, nowMs: number): string {
  if (keys === null) return 'cks could not list them';
  const count = `${keys.inStore} ${keys.inStore === 1 ? 'key' : 'keys'}`;
  const hidden = keys.hidden > 0 ? `; ${keys.hidden} more keys of the account are hidden from this identity` : '';
  if (store?.connectionState === 'CONNECTED') return `${count}${hidden}`;
  const since = offline
    ? `, for ${formatAge(nowMs - Date.parse(offline.since))} now (since ${offline.since}, run ${offline.runId})`
    : '';
  return `${count}, unusable${since}${hidden}`;
}
