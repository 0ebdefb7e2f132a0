/** From the lines of a journal to the report of its run. Decides nothing and looks at nothing else. */

import type { End, Header, JournalLine } from '../disk/journal/format.ts';
import { list, members, number, text } from '../disk/journal/members.ts';
import { listOutages, type Outage } from '../disk/journal/outages.ts';
import { peekResumed } from '../disk/journal/peek.ts';
import type { CheckFinding } from '../domain/checks.ts';
import { toIso } from '../domain/duration.ts';
import type { KeyStore } from '../domain/key-store.ts';
import type { KeyTest } from '../domain/key-test.ts';
import type { KeyVerification } from '../domain/key-verification.ts';
import type { RunResult } from '../domain/outcome.ts';
import type { Plan } from '../domain/plan.ts';
import type { Risk } from '../domain/policy.ts';
import { isTrialConnectStep } from '../domain/trial-connect.ts';
import { listCalls } from './calls.ts';
import { describeCourse } from './course.ts';
import { findFence } from './fence.ts';
import type { RunReport, Span } from './model.ts';
import { listStates } from './states.ts';

/** `plan`: as the run has made it; null if it is not known. */
export function readReport(lines: readonly JournalLine[], plan: Plan | null): RunReport {
  const header = lines[0] as Header;
  const end = lines.find((line): line is End => line.kind === 'end');
  const result = (end?.result ?? {}) as Partial<RunResult>;
  const isOfTrialStore = (line: JournalLine) => isTrialConnectStep(text(members(line).step) ?? '');
  const own = lines.filter((line) => !isOfTrialStore(line));
  const values = own.flatMap((line) => (line.kind === 'result' ? [members(members(line).value)] : []));
  const policy = members(members(members(header.input).request).policy);
  const fence = result.fence ?? findFence(own);
  return {
    runId: header.runId,
    version: header.version,
    resumedFrom: peekResumed(header.input),
    who: header.who,
    account: header.account,
    region: header.region,
    endpoint: header.endpoint ?? null,
    store: findStore(
      values.map(({ observed }) => members(members(observed).store)).findLast((store) => text(store.customKeyStoreId)),
    ),
    startedAt: toIso(header.startedAtMs),
    lastAt: toIso(
      lines.reduce((latest, line) => Math.max(latest, number(members(line).atMs) ?? 0), header.startedAtMs),
    ),
    hasEnded: end !== undefined,
    outcome: end?.outcome ?? null,
    settings: result.settings ?? null,
    changes: result.changes ?? (plan?.changes ?? []).map(({ note: _, ...change }) => change),
    plan: plan && {
      mode: plan.mode,
      wantedState: plan.wantedState,
      holdsOffline: plan.holdsOffline,
      risks: plan.risks,
    },
    modeUsed: result.mode ?? null,
    accepted: [...new Set([...list(policy.accept), ...values.flatMap(({ accepted }) => list(accepted))])] as Risk[],
    states: listStates(own),
    outages: listOutages(own).map(toSpan),
    calls: listCalls(own),
    trialStoreCalls: listCalls(lines.filter(isOfTrialStore)),
    looks: values.reduce((sum, { calls }) => sum + (number(members(calls).DescribeCustomKeyStores) ?? 0), 0),
    checks: (result.checks ?? list(values.findLast(({ kind }) => kind === 'checked')?.findings)) as CheckFinding[],
    keyVerification:
      result.keyVerification ??
      ((values.findLast(({ kind }) => kind === 'verified')?.keyVerification ?? null) as KeyVerification | null),
    keyTest:
      result.keyTest ?? ((values.findLast(({ kind }) => kind === 'verified')?.keyTest ?? null) as KeyTest | null),
    fence,
    oldCredentialNeededUntil: result.oldCredentialNeededUntil ?? null,
    reason: result.reason ?? null,
    nextCommands: end ? (result.nextCommands ?? []) : [`cks resume ${header.runId}`],
    course: describeCourse(lines),
  };
}

const toSpan = ({ fromMs, untilMs }: Outage): Span => ({
  from: toIso(fromMs),
  until: untilMs === null ? null : toIso(untilMs),
});

function findStore(observed: object | undefined): RunReport['store'] {
  if (observed === undefined) return null;
  const { customKeyStoreId: id, customKeyStoreType: type, settings } = observed as KeyStore;
  return { id, type, name: text(members(settings).name) ?? id };
}
