/** A plan in words: what changes, how, in which order, how long that takes, and what has to be accepted. */
import { usualDuration } from '../../domain/cadence.ts';
import type { Assessment } from '../../domain/consent.ts';
import { type KeyStore, nameStore } from '../../domain/key-store.ts';
import type { Plan, PlannedChange } from '../../domain/plan.ts';
import { explainRisk } from '../../domain/policy.ts';
import { describeProperty } from '../../domain/properties.ts';

type Planned = Pick<Plan, 'changes' | 'path' | 'wantedState' | 'possibleRisks' | 'warnings'>;

export function renderPlan({ store, plan, findings, missing }: Omit<Assessment, 'plan'> & { plan: Planned }): string {
  return [
    `${nameStore(store)}, ${store.customKeyStoreType}, is ${store.connectionState}`,
    ...renderChanges(plan.changes),
    '',
    ...describeRoad(store, plan).map((line, nth) => `  ${nth + 1}. ${line}`),
    ...plan.possibleRisks.map(
      (risk) => `     KMS may refuse this live; ${explainRisk(risk)}, but only with --accept ${risk}`,
    ),
    ...plan.warnings.map(({ message }) => `  warning: ${message}`),
    ...findings.map(({ check, status, message }) => `  check ${check}: ${status}: ${message}`),
    ...missing.map((risk) => `  risk ${risk}: ${explainRisk(risk)}`),
  ].join('\n');
}

export function renderChanges(changes: readonly PlannedChange[]): string[] {
  const width = Math.max(0, ...changes.map(({ property }) => describeProperty(property).label.length));
  return changes.map(
    (change) => `  ${describeProperty(change.property).label.padEnd(width)}  ${describeValues(change)}`,
  );
}

function describeValues({ property, from, to, secret, restorable, note }: PlannedChange): string {
  const row = describeProperty(property);
  const values = row.secret
    ? '(secret)'
    : `${from ?? '(none)'} -> ${to ?? '(none)'}${secret ? ', secret (secret)' : ''}`;
  const back = restorable ? (note ? ` [can be put back ${note}]` : '') : ` [cannot be put back: ${note ?? 'unknown'}]`;
  return `${values}${back}`;
}

/** The calls in their order. */
export function describeRoad(store: KeyStore, { changes, path, wantedState }: Planned): string[] {
  const type = store.customKeyStoreType;
  const updates = changes.length > 0 ? ['update'] : [];
  if (path === 'live') return ['update while CONNECTED: no outage'];
  const offline = `disconnect: every key in the store is unusable from here on, ${usualDuration('DISCONNECTED', type)}`;
  const online = `connect: ${usualDuration('CONNECTED', type)}`;
  return [
    ...(path === 'offline'
      ? [store.connectionState === 'CONNECTED' ? offline : `disconnect, ${usualDuration('DISCONNECTED', type)}`]
      : []),
    ...updates,
    wantedState === 'CONNECTED' ? online : 'stay DISCONNECTED',
  ];
}
