/** A plan as text: the diff, the way, what happens in which order and for how long, and what has to be accepted. */
import { type Goal, usualDuration } from '../../domain/cadence.ts';
import { assessRisks, type CheckFinding } from '../../domain/checks.ts';
import { formatDuration, formatInstant } from '../../domain/duration.ts';
import type { Reason } from '../../domain/failure.ts';
import type { KeyStore } from '../../domain/key-store.ts';
import type { Plan, PlannedChange } from '../../domain/plan.ts';
import { explainRisk, type Risk } from '../../domain/policy.ts';
import { trialConnectCheck } from '../../domain/trial-connect.ts';
import type { Opening } from '../../domain/window.ts';
import { renderChange } from './changes.ts';
import { renderFindings } from './findings.ts';
import { columnsOf, wrap } from './lines.ts';
import { renderReason } from './reason.ts';
import { nameStoreAndState } from './stores.ts';

export interface ShownPlan extends Omit<Plan, 'send' | 'reason'> {
  readonly store: KeyStore;
  readonly findings: readonly CheckFinding[];
  readonly missing: readonly Risk[];
  readonly guards: readonly string[];
  /** Only where no run is under way, which finds it out. */
  readonly runOnlyChecks?: readonly string[];
  readonly reason?: Reason;
}

export function renderPlan(plan: ShownPlan): string {
  const { store, verdict, changes, reason, findings, warnings, guards, runOnlyChecks = [] } = plan;
  const lines = [wrap(nameStoreAndState(store), 'plan  '), ...columnsOf(changes.map(renderPlanned))];
  if (verdict === 'unchanged')
    lines.push('  The store has these settings and this state already; nothing would be sent.');
  if (verdict === 'refused' && reason) lines.push('  An update would be refused:', ...renderReason(reason));
  if (verdict === 'proceed') lines.push(...renderSteps(plan, store), ...renderRisks(plan));
  const observed = findings.filter(({ status, details }) => status !== 'passed' || details !== undefined);
  lines.push(
    ...(observed.length > 0 ? ['  Checks:', ...renderFindings(observed, '    ')] : []),
    ...warnings.map(({ message }) => wrap(message, '  warning: ')),
  );
  if (verdict === 'proceed')
    lines.push(...guards.map((guard) => wrap(guard, '  note: ')), ...renderRunOnlyChecks(runOnlyChecks));
  return `${lines.join('\n')}\n`;
}

/** Says what a plan and a check cannot find out, so that their result is not overestimated. */
export function renderRunOnlyChecks(runOnlyChecks: readonly string[]): string[] {
  return runOnlyChecks.length > 0 ? [wrap(`Only a run finds out ${runOnlyChecks.join('; ')}.`, '  note: ')] : [];
}

function renderPlanned(change: PlannedChange): readonly [string, string] {
  const [label, text] = renderChange(change);
  const { restorable, note } = change;
  if (!restorable) return [label, `${text}; cannot be put back${note ? `: ${note}` : ''}`];
  return [label, note ? `${text}; can be put back ${note}` : text];
}

function renderSteps(plan: ShownPlan, store: KeyStore): string[] {
  const {
    mode: path,
    changes,
    wantedState,
    holdsOffline,
    outageMs,
    durationMs,
    window,
    trialConnectPlan,
    deadMansSwitch,
    findings,
  } = plan;
  const usually = (goal: Goal) => `usually ${usualDuration(goal, store.customKeyStoreType)}`;
  const connect = wantedState === 'CONNECTED' ? [['connect', usually('CONNECTED')] as const] : [];
  const update = changes.length > 0 ? [['update', 'a few seconds'] as const] : [];
  const disconnect = ['disconnect', `${usually('DISCONNECTED')}; from here no key in the store can be used`] as const;
  const arm =
    deadMansSwitch?.kind === 'armed'
      ? [['arm', "the dead man's switch: AWS connects the store, should nothing be left of the run"] as const]
      : [];
  const hold = holdsOffline ? [['hold', 'waits until you say that your part is done'] as const] : [];
  const steps =
    path === 'live'
      ? [['update', 'live, a few seconds; the store stays CONNECTED and no key is cut off'] as const]
      : [...arm, ...(path === 'offline' ? [disconnect] : []), ...hold, ...update, ...connect];
  const isAhead = trialConnectPlan?.kind === 'possible' && !findings.some(({ check }) => check === trialConnectCheck);
  const trialConnect = [
    'trialConnect',
    'usually about 10 minutes, no outage: KMS connects a trial store with the new settings, which is deleted again',
  ] as const;
  const numbered = [...(isAhead ? [trialConnect] : []), ...steps].map(
    ([step, text], at) => [`${at + 1}. ${step}`, text] as const,
  );
  const not =
    trialConnectPlan && trialConnectPlan.kind !== 'possible'
      ? [wrap(`No trial connect: ${trialConnectPlan.why}.`, '  ')]
      : [];
  const when = window ? [wrap(renderWindow(window, durationMs), '  ')] : [];
  const needless =
    deadMansSwitch?.kind === 'needless' ? [wrap(`No dead man's switch: ${deadMansSwitch.why}.`, '  ')] : [];
  const end = `It ends ${wantedState}.`;
  const outage = outageMs === 0 ? [] : [wrap(renderOutage(outageMs, holdsOffline), '  ')];
  const word = { live: 'live', offline: 'offline', none: `while ${store.connectionState}` }[path];
  return [wrap(`Way: ${word}. ${end}`, '  '), ...columnsOf(numbered, '    '), ...outage, ...when, ...needless, ...not];
}

function renderWindow({ text, opensAtMs, closesAtMs }: Opening, durationMs: number): string {
  const takes = `It takes up to ${formatDuration(durationMs)} of that`;
  return `Window: "${text}", from ${formatInstant(opensAtMs)} to ${formatInstant(closesAtMs)}. ${takes}.`;
}

function renderOutage(outageMs: number | null, holdsOffline: boolean): string {
  if (outageMs === null) return 'Outage: until the store is connected again.';
  const held = holdsOffline ? ', and as long as it is held' : '';
  return `Outage: up to ${formatDuration(outageMs)} by AWS's documents${held}.`;
}

function renderRisks({ risks, possibleRisks, missing, findings }: ShownPlan): string[] {
  const possible = assessRisks(
    [],
    findings.filter(({ onlyOffline }) => onlyOffline),
  );
  const certain = assessRisks(
    risks,
    findings.filter(({ onlyOffline }) => !onlyOffline),
  );
  const rows = [...certain, ...possible.filter((risk) => missing.includes(risk))].map(
    (risk) => [risk, `${explainRisk(risk)}${missing.includes(risk) ? '' : ' (accepted)'}`] as const,
  );
  const lines = rows.length > 0 ? ['  Risks:', ...columnsOf(rows, '    ')] : [];
  if (possibleRisks.includes('outage')) {
    const accept = ['outage', ...possible].join(',');
    lines.push(wrap(`If KMS refuses the change live, the store goes offline only with --accept ${accept}.`, '  '));
  }
  return lines;
}
