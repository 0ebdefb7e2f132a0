/** What happened, record by record, in words. What the other tables show in full is shortened here. */

import type { JournalLine } from '../disk/journal/format.ts';
import { list, type Members, members, number, text } from '../disk/journal/members.ts';
import { readSeen } from '../disk/journal/seen.ts';
import { toIso } from '../domain/duration.ts';
import { isTrialConnectStep } from '../domain/trial-connect.ts';
import type { RunReport } from './model.ts';

export function describeCourse(lines: readonly JournalLine[]): RunReport['course'] {
  const told = lines.flatMap((line) => {
    const record = members(line);
    const atMs = number(record.atMs) ?? number(record.startedAtMs);
    const words = tellers[line.kind]?.(record, line);
    const whose = isTrialConnectStep(text(record.step) ?? '') ? 'trial connect: ' : '';
    return atMs === undefined || !words ? [] : [{ at: toIso(atMs), text: `${whose}${words}` }];
  });
  return told.filter(({ text: words }, at) => words !== told[at - 1]?.text);
}

const tellers: Readonly<Record<string, (record: Members, line: JournalLine) => string | undefined>> = {
  run: ({ who }) => `started by ${describeWho(who)}`,
  resumed: ({ who, version }) => `resumed by ${describeWho(who)}, version ${version}`,
  intent: ({ sending }) => `${members(sending).operation} sent`,
  note: ({ note }, line) => describeState(line) ?? String(note),
  result: ({ value, step }, line) => describeResult(nameOf(step), members(value), line),
  stop: () => 'a stop was requested',
  end: ({ outcome }) =>
    typeof outcome === 'string' ? `ended ${outcome}` : 'ended without an outcome: the input was wrong',
};

const nameOf = (step: unknown) => String(step).split('.').at(-1);

function describeResult(step: string | undefined, value: Members, line: JournalLine): string | undefined {
  const { kind, failure, findings, accepted, missing, keyVerification, keyTest } = value;
  const code = text(members(failure).code);
  switch (kind) {
    case 'checked':
      return describeChecks(list(findings), step === 'checkRollback');
    case 'approved':
      return list(accepted).length > 0 ? `approved, with ${list(accepted).join(', ')} accepted` : 'approved';
    case 'unconsented':
      return `not approved: ${list(missing).join(' ')} is missing`;
    case 'declined':
      return 'declined';
    case 'verified':
      return `key verification: ${text(members(keyVerification).status) ?? 'unknown'}${members(keyTest).status === 'failing' ? '; keys do not work' : ''}`;
    case 'released':
      return 'the hold was ended';
    case 'expired':
      return 'no answer came within the limit of the hold';
    case 'givenUp':
      return 'the hold was given up';
    // A sleep leaves no value.
    case undefined:
      return step === 'awaitWindow' ? 'the wait for the window has ended' : undefined;
    case 'answered':
      return 'KMS can be asked again';
    case 'observed':
    case 'reached':
    case 'failed':
      return describeState(line);
    case 'prepared':
      return undefined;
    default:
      return [kind, code].filter(Boolean).join(': ') || undefined;
  }
}

function describeChecks(findings: readonly unknown[], isBack: boolean): string {
  const statuses = findings.map((finding) => text(members(finding).status) ?? 'unknown');
  const counts = [...new Set(statuses)].map(
    (status) => `${statuses.filter((other) => other === status).length} ${status}`,
  );
  return `${isBack ? 'the rollback was checked' : 'checks'}: ${counts.join(', ') || 'none'}`;
}

function describeState(line: JournalLine): string | undefined {
  const observed = readSeen(line);
  return observed && ['observed', observed.state, observed.errorCode].filter(Boolean).join(' ');
}

function describeWho(who: unknown): string {
  const { user, host } = members(who);
  return `${user} on ${host}`;
}
