/**
 * A plan as it is kept between whoever makes it and whoever carries it out: the order with references in the place of
 * secrets, the store that it was made for, and what is foreseen. Its sum guards against a slip of the hand, as that of a
 * journal does.
 */
import { createHash } from 'node:crypto';
import { type Change, changedNames, secretReference } from '../domain/change.ts';
import type { KeyStore } from '../domain/key-store.ts';
import { makePlan, type Order, type Plan } from '../domain/plan.ts';
import type { Policy } from '../domain/policy.ts';
import type { PropertyName } from '../domain/properties.ts';
import { InvalidInputError } from '../run/errors.ts';
import type { OnFailure } from './options.ts';

const kind = 'cks-plan';
const schema = 1;

export interface SavedPlan {
  readonly kind: typeof kind;
  readonly schema: typeof schema;
  /** Of the package that made it. */
  readonly version: string;
  readonly madeAt: string;
  /** Whose store it is; `unknown` where nobody told. */
  readonly account: string;
  readonly region: string;
  /** Of KMS, where it is not AWS's own. */
  readonly endpoint?: string;
  /** As it was seen: what the plan holds for. */
  readonly store: KeyStore;
  readonly foreseen: Foreseen;
  /** No risk is accepted by it: that is for whoever applies it. */
  readonly order: Omit<Order, 'policy' | 'plannedFor'> & { readonly policy: SavedPolicy };
  /** SHA-256 of everything else. */
  readonly sum: string;
}

/** The window stands in it as it was asked for: which opening it is shows when the plan is applied. */
export type SavedPolicy = Omit<Policy, 'accept' | 'onFailure' | 'window'> & {
  readonly onFailure: OnFailure;
  readonly window?: string;
};

/** What whoever reviews the plan goes by. */
export type Foreseen = Pick<Plan, 'changes' | 'path' | 'wantedState' | 'holdsOffline' | 'risks'>;

export function foresee(store: KeyStore, order: Order): Foreseen {
  const { changes, path, wantedState, holdsOffline, risks } = makePlan(store, order);
  return { changes, path, wantedState, holdsOffline, risks };
}

/** @throws {InvalidInputError} where a secret was given as a value: that must not be kept. */
export function requireReferences({ change, previous }: Order): void {
  const isGiven = (values: Change, name: PropertyName) => secretReference(values, name)?.startsWith('given:');
  const names = [change, previous].flatMap((values) => changedNames(values).filter((name) => isGiven(values, name)));
  if (names.length === 0) return;
  throw new InvalidInputError(
    `a saved plan holds no secret: say where that of ${names.join(' and ')} is, as in env:NAME or file:PATH`,
  );
}

export function sealPlan(facts: Omit<SavedPlan, 'kind' | 'schema' | 'sum'>): SavedPlan {
  const plan = { kind, schema, ...facts } as const;
  return { ...plan, sum: sumOf(plan) };
}

/** @throws {InvalidInputError} when it is no plan, was changed, or is of a newer format. */
export function unsealPlan(plan: unknown): SavedPlan {
  const { sum, ...rest } = (plan ?? {}) as Partial<SavedPlan>;
  if (rest.kind !== kind) throw new InvalidInputError('that is no plan: cks plan --out makes one');
  if (Number(rest.schema) > schema) {
    throw new InvalidInputError(
      `the plan was made by version ${rest.version} in a newer format (${rest.schema}; this version knows ${schema}): apply it with that version`,
    );
  }
  if (sum !== sumOf(rest)) {
    throw new InvalidInputError('the plan was changed after it was made: make it anew with cks plan --out');
  }
  return plan as SavedPlan;
}

/** Of the values in their order, however they are laid out in the file. */
function sumOf(plan: object): string {
  return createHash('sha256').update(JSON.stringify(plan)).digest('hex');
}
