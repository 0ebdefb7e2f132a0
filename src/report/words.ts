/** Instants, lengths of time and marks, as every form of a report shows them. */

import type { CheckFinding } from '../domain/checks.ts';
import { formatDuration, msBetween, toIso } from '../domain/duration.ts';
import { describeWorking, type KeyTest } from '../domain/key-test.ts';
import { outcomes } from '../domain/outcome.ts';
import { properties } from '../domain/properties.ts';
import type { ReportedCall, RunReport, Span } from './model.ts';

/** `2026-11-24 03:00:07`, of an instant in ISO 8601. */
export function formatInstant(instant: string): string {
  return toIso(Date.parse(instant)).slice(0, 19).replace('T', ' ');
}

/** `03:00:07.250` */
export function formatTime(instant: string): string {
  return toIso(Date.parse(instant)).slice(11, 23);
}

/** `59 ms`, `8.2 s`, `3 min 10 s`, `1 h 5 min` */
export function formatLength(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`;
  return formatDuration(ms);
}

export function lengthOf({ from, until }: Span): string {
  return until === null ? 'no end observed' : formatLength(msBetween(from, until));
}

const outcomeWords = {
  updated: 'Updated',
  unchanged: 'Unchanged',
  refused: 'Refused',
  rolledBack: 'Rolled back',
  stranded: 'Stranded',
  unsettled: 'Unsettled',
  cancelled: 'Cancelled',
} as const;

export function nameOutcome({ outcome, hasEnded }: RunReport): string {
  if (outcome !== null) return outcomeWords[outcome] ?? outcome;
  return hasEnded ? 'Wrong input' : 'Unfinished';
}

export function explainOutcome({ outcome, hasEnded }: RunReport): string {
  if (outcome !== null) return outcomes[outcome]?.meaning ?? '';
  return hasEnded ? 'nothing was sent' : 'the journal has no end: the store may not be as it was found';
}

function describeOutage({ outages, calls }: RunReport): string {
  const known = outages.flatMap(({ from, until }) => (until === null ? [] : [msBetween(from, until)]));
  if (outages.length > known.length) return 'offline, and not observed CONNECTED again';
  if (known.length > 0) return formatLength(known.reduce((sum, ms) => sum + ms, 0));
  return calls.length === 0 ? 'none: nothing was sent' : 'none';
}

export function describeCall({ answer, code }: ReportedCall): string {
  return [answer ?? 'no answer kept', code].filter(Boolean).join(' ');
}

export const checkWords: Readonly<Record<CheckFinding['status'], string>> = {
  passed: 'passed',
  warned: 'warning',
  failed: 'failed',
  unknown: 'unknown',
  skipped: 'skipped',
};

export function describeChange({ property, from, to, secret, restorable }: RunReport['changes'][number]) {
  return {
    label: properties[property]?.label ?? property,
    from: from ?? (secret ? '(secret)' : '(none)'),
    to: `${to ?? (secret ? '(secret)' : '(none)')}${secret && to !== null ? ' and its secret' : ''}`,
    restorable: restorable ? 'planned as reversible' : 'planned as not reversible',
  };
}

/** Facts in pairs, the most important first. */
export function listFacts(report: RunReport): readonly (readonly [label: string, value: string])[] {
  const { store, account, region, endpoint, startedAt, lastAt, modeUsed, keyVerification, keyTest, calls, looks, who } =
    report;
  return [
    ['Store', store ? store.id : 'not observed'],
    ...(store ? ([['Type', store.type]] as const) : []),
    ['Outage', describeOutage(report)],
    ...(modeUsed ? ([['Mode', modeUsed === 'none' ? 'nothing sent' : modeUsed]] as const) : []),
    ...(keyVerification ? ([['Key verification', describeKeyVerification(keyVerification)]] as const) : []),
    ...(isTested(keyTest) ? ([['Keys work now', describeKeyTest(keyTest)]] as const) : []),
    ['Calls', `${calls.length} that change the store, ${looks} of DescribeCustomKeyStores`],
    ['Started', `${formatInstant(startedAt)} UTC`],
    [
      report.hasEnded ? 'Ended' : 'Last record',
      `${formatInstant(lastAt)} UTC, after ${formatLength(msBetween(startedAt, lastAt))}`,
    ],
    ['Account', account],
    ['Region', region],
    ...(endpoint ? ([['Endpoint', endpoint]] as const) : []),
    ['Run by', `${who.user} on ${who.host}, cks ${report.version}`],
    ...(report.resumedFrom ? ([['Continues', report.resumedFrom]] as const) : []),
  ];
}

export function isTested(keyTest: RunReport['keyTest']): keyTest is KeyTest {
  return keyTest !== null && keyTest.status !== 'untested';
}

/** `yes (2 of 2 keys tested with a new Encrypt and Decrypt)` */
export function describeKeyTest(keyTest: KeyTest): string {
  const { passed, keys, detail } = keyTest;
  const counted = keys.length > 0 ? ` (${passed} of ${keys.length} keys tested with a new Encrypt and Decrypt)` : '';
  return `${describeWorking(keyTest)}${counted}${detail ? `: ${detail}` : ''}`;
}

export function describeKeyVerification({
  status,
  passed,
  canaries,
  keys,
  detail,
}: NonNullable<RunReport['keyVerification']>): string {
  const counted = canaries ? ` (${passed} of ${canaries} canaries decrypted${keys ? `, of ${keys} keys` : ''})` : '';
  return `${status}${counted}${detail ? `: ${detail}` : ''}`;
}
