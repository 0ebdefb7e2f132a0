/** A plan as text: where, what changes, how, for how long, at which risks, and what was checked. */
import { type Goal, usualDuration } from '../../../domain/cadence.ts';
import { assessRisks, type CheckFinding } from '../../../domain/checks.ts';
import { formatDuration, formatInstant } from '../../../domain/duration.ts';
import type { Reason } from '../../../domain/failure.ts';
import { type FencePlan, isConditional, offerFence } from '../../../domain/fence.ts';
import { type KeyStore, storeName } from '../../../domain/key-store.ts';
import { describeLongest } from '../../../domain/outage.ts';
import type { Plan, PlannedChange } from '../../../domain/plan.ts';
import { explainRisk, type Risk } from '../../../domain/policy.ts';
import { trialConnectCheck } from '../../../domain/trial-connect.ts';
import type { Where } from '../../../domain/where.ts';
import type { PlannedWindow } from '../../../domain/window.ts';
import { renderChange } from './changes.ts';
import { renderFindings, summarizeFindings } from './findings.ts';
import { type Row, rowsOf, wrap } from './lines.ts';
import { reasonRows } from './reason.ts';
import { nameStoreAndState } from './stores.ts';
import { renderWhere } from './where.ts';

export interface ShownPlan extends Omit<Plan, 'send' | 'reason'>, Where {
  readonly store: KeyStore;
  readonly findings: readonly CheckFinding[];
  readonly missing: readonly Risk[];
  readonly safeguards: readonly string[];
  /** What else a person should know before saying yes. */
  readonly notes?: readonly string[];
  /** Only where no run is under way, which finds it out. */
  readonly runOnlyChecks?: readonly string[];
  readonly reason?: Reason;
}

/** `isVerbose`: also each step, each check that passed and what it looked at. */
export function renderPlan(plan: ShownPlan, isVerbose = false): string {
  const { store, verdict, changes, reason, findings, warnings, safeguards, notes = [], runOnlyChecks = [] } = plan;
  const isGo = verdict === 'proceed';
  const rows: Row[] = [
    ...impactRows(plan),
    ...changes.map((change) => changeRow(change, isGo)),
    ...(verdict === 'unchanged'
      ? [{ mark: '✓' as const, label: 'Nothing to do', text: 'the store has these settings and this state already' }]
      : []),
    ...(verdict === 'refused' && reason
      ? [{ mark: '✗' as const, label: 'REFUSED', text: 'an update would be refused' }, ...reasonRows(reason)]
      : []),
    ...(isGo ? [...courseRows(plan), ...riskRows(plan)] : []),
    ...warnings.map(({ message }) => ({ mark: '!' as const, label: 'Warning', text: message })),
    ...(isVerbose ? [] : summarizeFindings(findings)),
    ...(isGo ? [...labelFirst('Safeguards', safeguards), ...labelFirst('Note', [...offerRow(plan), ...notes])] : []),
    ...(isGo ? runOnlyRow(runOnlyChecks, isVerbose) : []),
  ];
  return `${[
    wrap(nameStoreAndState(store), 'PLAN  '),
    wrap(renderWhere(plan), '      '),
    ...rowsOf(rows),
    ...(isVerbose && isGo ? ['Steps:', ...rowsOf(stepRows(plan))] : []),
    ...(isVerbose && findings.length > 0 ? ['Checks:', ...renderFindings(findings)] : []),
  ].join('\n')}\n`;
}

/** Who will notice, as far as it is known. */
function impactRows({ store, findings }: ShownPlan): Row[] {
  return findings.flatMap(({ summary }) =>
    summary === undefined ? [] : [{ label: 'Impact', text: `${summary}. Who: cks impact ${storeName(store)}` }],
  );
}

function labelFirst(label: string, texts: readonly string[]): Row[] {
  return texts.map((text, at) => ({ label: at === 0 ? label : '', text }));
}

/** What a plan and a check cannot find out. */
export function runOnlyRow(runOnlyChecks: readonly string[], isVerbose: boolean): Row[] {
  if (runOnlyChecks.length === 0) return [];
  const text = isVerbose
    ? `${runOnlyChecks.join('; ')}`
    : `${runOnlyChecks.length} things, such as ${runOnlyChecks[0]} (all: --verbose)`;
  return [{ label: 'Only a run shows', text }];
}

function changeRow(change: PlannedChange, isGo: boolean): Row {
  const [label, text] = renderChange(change);
  if (!isGo) return { label, text };
  const { restorable, note } = change;
  const verdict = restorable ? 'reversible' : 'not reversible';
  const why = note === undefined ? '' : `${restorable ? '' : ':'} ${note}`;
  return { label, text: `${text}; ${verdict}${why}` };
}

function courseRows(plan: ShownPlan): Row[] {
  const { store, mode, wantedState, outageMs, durationMs, window, trialConnectPlan, deadMansSwitch } = plan;
  const word = { live: 'live: the store stays CONNECTED and all keys stay usable', offline: 'offline' }[mode as 'live'];
  const how = mode === 'none' ? `while ${store.connectionState}` : word;
  return [
    { label: 'Mode', text: `${how}${mode === 'live' ? '' : `; final state ${wantedState}`}` },
    ...(outageMs === 0 ? [] : [{ label: 'Expected outage', text: describeOutage(plan) }]),
    ...(window ? [{ label: 'Window', text: describeWindow(window, durationMs) }] : []),
    ...(plan.fence ? [fenceRow(plan.fence, plan.findings)] : []),
    ...(deadMansSwitch
      ? [
          {
            label: "Dead man's switch",
            text:
              deadMansSwitch.kind === 'armed'
                ? 'armed before the outage: AWS reconnects the store if the run never finishes'
                : `not armed: ${deadMansSwitch.why}`,
          },
        ]
      : []),
    ...(trialConnectPlan && trialConnectPlan.kind !== 'possible'
      ? [{ label: 'Trial connect', text: `none: ${trialConnectPlan.why}` }]
      : []),
    ...(isTrialConnectAhead(plan)
      ? [{ label: 'Trial connect', text: 'first: KMS connects a trial store, about 10 minutes, no outage' }]
      : []),
  ];
}

/** The outage of the keys begins with the fence. */
function fenceRow(fence: FencePlan, findings: readonly CheckFinding[]): Row {
  const label = 'Fence';
  if (fence.kind === 'none') return { label, text: `none: ${fence.why}` };
  if (fence.isConditional && findings.some(({ verifiesKeys }) => verifiesKeys))
    return { label, text: 'none: a check verified the keys' };
  const cost = findings.find(({ check }) => check === 'fence')?.message;
  const what = 'cks disables the keys before the disconnect, and enables each on evidence that it is the same';
  return { label, text: cost === undefined ? what : `${what}: ${cost}` };
}

function offerRow(plan: ShownPlan): readonly string[] {
  const { store, risks, findings, fence } = plan;
  const offer = offerFence(store, plan, assessRisks(risks, findings, isConditional(fence)));
  return offer === undefined ? [] : [offer];
}

function isTrialConnectAhead({ trialConnectPlan, findings }: ShownPlan): boolean {
  return trialConnectPlan?.kind === 'possible' && !findings.some(({ check }) => check === trialConnectCheck);
}

function stepRows(plan: ShownPlan): Row[] {
  const { store, mode, changes, wantedState, holdsOffline, deadMansSwitch, fence } = plan;
  const usually = (goal: Goal) => `usually ${usualDuration(goal, store.customKeyStoreType)}`;
  const steps: readonly (readonly [string, string] | false)[] = [
    isTrialConnectAhead(plan) && [
      'trial connect',
      'KMS connects a trial store with the new settings; cks deletes it again',
    ],
    ...(mode === 'live'
      ? [['update', 'live, a few seconds'] as const]
      : [
          deadMansSwitch?.kind === 'armed' && (['arm', "the dead man's switch"] as const),
          fence?.kind === 'planned' && (['disable keys', 'until each is observed Disabled'] as const),
          mode === 'offline' &&
            (['disconnect', `${usually('DISCONNECTED')}; from here no key in the store works`] as const),
          holdsOffline && (['hold', 'waits for you to say that your part is done'] as const),
          changes.length > 0 && (['update', 'a few seconds'] as const),
          wantedState === 'CONNECTED' && (['connect', usually('CONNECTED')] as const),
          fence?.kind === 'planned' && (['enable keys', 'each on evidence that it is the same'] as const),
        ]),
  ];
  return steps.filter((step) => step !== false).map(([step, text], at) => ({ label: `${at + 1}. ${step}`, text }));
}

function describeWindow({ text, opensAt, closesAt }: PlannedWindow, durationMs: number): string {
  return `"${text}", from ${formatInstant(opensAt)} to ${formatInstant(closesAt)}; the run takes up to ${formatDuration(durationMs)} of it`;
}

function describeOutage({ store, outageMs, holdsOffline, changes, ...course }: ShownPlan): string {
  if (outageMs === null) return 'until someone connects the store again';
  const held = holdsOffline ? ', and as long as the hold lasts' : '';
  const usually = usualDuration('CONNECTED', store.customKeyStoreType);
  const longest = describeLongest(outageMs, store, course, changes.length > 0);
  return `${longest}${held}; no key works meanwhile (connecting usually takes ${usually})`;
}

function riskRows({ risks, possibleRisks, missing, findings, fence }: ShownPlan): Row[] {
  const possible = assessRisks(
    [],
    findings.filter(({ onlyOffline }) => onlyOffline),
  );
  const certain = assessRisks(
    risks,
    findings.filter(({ onlyOffline }) => !onlyOffline),
    isConditional(fence),
  );
  const rows = [...certain, ...possible.filter((risk) => missing.includes(risk))].map((risk) => ({
    mark: '!' as const,
    label: `Risk ${risk}`,
    text: `${explainRisk(risk)}${missing.includes(risk) ? '' : ' (accepted)'}`,
  }));
  if (!possibleRisks.includes('outage')) return rows;
  const accept = ['outage', ...possible].join(',');
  const text = `if KMS refuses the change live, the store goes offline only with --accept ${accept}`;
  return [...rows, { label: 'Possible outage', text }];
}
