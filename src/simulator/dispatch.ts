/** One call from its arrival to its answer: what was ordered for it, the operation, and what Describe will show of it. */
import { readBlob } from './crypto/ciphertext-blob.ts';
import { isDeclaredError } from './declared-errors.ts';
import { type Asking, OpenQuestion, type Question } from './external/outside.ts';
import { SimulatorFault } from './fault.ts';
import type { Key } from './key.ts';
import { isOperation, perform } from './operations/index.ts';
import { findNamedKey } from './operations/keys/find-key.ts';
import { type OperationName, serviceOf } from './shapes.ts';
import { type Backing, type Store, showStore } from './store.ts';
import { storeOf, type World } from './world.ts';

type Members = Readonly<Record<string, unknown>>;

export interface Call {
  readonly operation: string;
  readonly input: unknown;
  readonly caller: string | undefined;
  readonly nowMs: number;
  readonly requestId: string;
  readonly lenientPatterns: boolean;
  /** an external actor's call: nothing that was ordered befalls it. */
  readonly isUndisturbed: boolean;
}

/** What became of a call: its output or a fault, and how much later than it could the answer comes. */
export type Answer = {
  readonly delayMs: number;
  /** KMS has carried the call out, whatever the answer says. */
  readonly isDone: boolean;
} & (
  | { readonly output: object; readonly fault?: undefined }
  | { readonly fault: SimulatorFault; readonly output?: undefined }
);

type Outcome = { readonly output: object } | { readonly fault: SimulatorFault };

/** Answers one call. What it throws is a bug. */
export function* dispatch(world: World, call: Call): Asking<Answer> {
  const { operation, caller, nowMs, isUndisturbed } = call;
  const store = findStore(world, call.input);
  const keys = findKeys(world, call.input);
  if (isUndisturbed) {
    const undisturbed = yield* carryOut(world, call, store);
    recordOnTrail(world, call, keys, undisturbed);
    return { ...undisturbed, delayMs: 0, isDone: 'output' in undisturbed };
  }
  const { calls, connects, quotas } = world.scripts;
  const isForKey = (name: string): boolean => keys.some((key) => key === findNamedKey(world, name));
  const { answer, failConnect, delayMs } = calls.meet({ operation, store, isForKey, caller, nowMs });
  if (failConnect && store) {
    connects.add(store.id, { errorCode: failConnect.errorCode, connectMs: failConnect.connectMs }, 1);
  }
  const refused = { delayMs, isDone: false };
  if (answer && !answer.afterEffect) {
    const fault = new SimulatorFault(answer.fault);
    if (fault.name === 'AccessDeniedException') recordOnTrail(world, call, keys, { fault });
    return { fault, ...refused };
  }
  if (!quotas.take(operation, nowMs)) return { fault: new SimulatorFault({ name: 'ThrottlingException' }), ...refused };
  const answered = yield* carryOut(world, call, store);
  recordOnTrail(world, call, keys, answered);
  // Whatever KMS would have answered, the caller gets the ordered fault.
  const isDone = 'output' in answered;
  return answer ? { fault: new SimulatorFault(answer.fault), delayMs, isDone } : { ...answered, delayMs, isDone };
}

/** The store that a call names: by id, in Describe by name, by a key in it, or by what such a key has encrypted. */
export function findStore(world: World, input: unknown): Store | undefined {
  const { CustomKeyStoreId: id, CustomKeyStoreName: name } = (input ?? {}) as Members;
  if (typeof id === 'string') return world.stores.get(id);
  if (typeof name === 'string') return [...world.stores.values()].find((store) => store.name === name);
  const [key] = findKeys(world, input);
  return key && storeOf(world, key);
}

/** A call that is meant to be refused, as one that asks for a right: it is a DryRun, or for a store that does not exist. */
export function isProbe(world: World, input: unknown): boolean {
  const { CustomKeyStoreId: id, DryRun } = (input ?? {}) as Members;
  return DryRun === true || (typeof id === 'string' && !world.stores.has(id));
}

/** The keys that a call names, and the one that has encrypted what is to be decrypted. */
function findKeys(world: World, input: unknown): readonly Key[] {
  const { KeyId, SourceKeyId, DestinationKeyId, CiphertextBlob: blob } = (input ?? {}) as Members;
  const named = [KeyId, SourceKeyId, DestinationKeyId].map((name) =>
    typeof name === 'string' ? findNamedKey(world, name) : undefined,
  );
  const opening = typeof blob === 'string' ? world.keys.get(readBlob(blob)?.keyId ?? '') : undefined;
  return [...new Set([...named, opening])].filter((key) => key !== undefined);
}

/** What succeeded, was denied or failed inside KMS; a call that was throttled, or whose answer was lost on its way, is on no trail. */
function recordOnTrail(world: World, call: Call, keys: readonly Key[], outcome: Outcome): void {
  const { operation, caller, nowMs, requestId, input } = call;
  if (keys.length === 0 || !isOperation(operation) || serviceOf(operation) !== 'kms') return;
  const { EncryptionContext: context } = input as { readonly EncryptionContext?: Readonly<Record<string, string>> };
  world.trail.record({
    atMs: nowMs,
    operation,
    keyArns: keys.map(({ arn }) => arn),
    caller,
    requestId,
    encryptionContext: context,
    errorCode: 'fault' in outcome ? outcome.fault.name : undefined,
  });
}

/** An operation writes nothing before it has heard every answer that it needs, so it can be begun anew. */
function* carryOut(world: World, call: Call, store: Store | undefined): Asking<Outcome> {
  const asked: Question[] = [];
  for (;;) {
    try {
      return world.outside.withAnswers(asked, () => attempt(world, call, store));
    } catch (error) {
      if (!(error instanceof OpenQuestion)) throw error;
      yield error.question;
      asked.push(error.question);
    }
  }
}

function attempt(world: World, call: Call, store: Store | undefined): Outcome {
  const { operation, input } = call;
  try {
    if (!isOperation(operation)) {
      throw new SimulatorFault({ name: 'UnknownOperationException', message: `Unknown operation ${operation}` });
    }
    if (!changesStores(operation)) return { output: perform(world, operation, input, call) };
    return { output: performAndRemember(world, operation, call, store) };
  } catch (error) {
    if (!(error instanceof SimulatorFault)) throw error;
    if (isOperation(operation) && !isDeclaredError(operation, error.name)) {
      throw new Error(`${operation} does not declare ${error.name}`, { cause: error });
    }
    return { fault: error };
  }
}

function changesStores(operation: OperationName): boolean {
  return operation.endsWith('CustomKeyStore');
}

/** After an accepted call reads may show what was before it, and hosts may use it. */
function performAndRemember(world: World, operation: OperationName, call: Call, store: Store | undefined): object {
  const { nowMs } = call;
  const before = store && { entry: showStore(store), backing: store.backing };
  const ordinals = world.nextOrdinal;
  world.staleViews.record(world.stores, nowMs);
  const output = perform(world, operation, call.input, call);
  world.staleViews.record(world.stores, nowMs);
  const created = [...world.stores.values()].find(({ ordinal }) => ordinal >= ordinals);
  if (created) world.staleViews.remember(created.id, created.ordinal, undefined, nowMs);
  if (!store || !before) return output;
  world.staleViews.remember(store.id, store.ordinal, before.entry, nowMs);
  if (store.connection.state !== 'CONNECTED') world.hosts.forget(store.id);
  else if (!isSame(before.backing, store.backing)) world.hosts.change(store.id, before.backing, nowMs);
  return output;
}

/** A member that is undefined is absent, as on the wire. */
function isSame(one: Backing, other: Backing): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
