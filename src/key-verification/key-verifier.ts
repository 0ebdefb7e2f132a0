/**
 * The default prover. Canaries that were kept come first: they are older than anything this run can encrypt, and fresh ones
 * made with other key material would say the opposite of them.
 */
import { reachesKeysAnew } from '../domain/key-reach.ts';
import type { KeyStore } from '../domain/key-store.ts';
import { noKeyUse } from '../domain/key-test.ts';
import { type Canary, type CanaryRound, type Preparation, unprepared } from '../domain/key-verification.ts';
import type { Plan } from '../domain/plan.ts';
import { type KeptCanaries, KeptCanariesError, type KeyVerifier, type PrepareTerms } from '../ports/key-verifier.ts';
import type { KeyInventory } from '../ports/keys.ts';
import { chooseKeys } from './choose-keys.ts';
import { type CanaryPorts, countKeys, encryptCanaries } from './encrypt-canaries.ts';
import { probe, tryCanaries } from './try-canaries.ts';
import { useKeys } from './use-keys.ts';

export interface KeyVerifierPorts extends CanaryPorts {
  readonly kept: KeptCanaries;
}

/** A look at a store that goes offline must not wait for a key: its outage would last as much longer. */
const feelForMs = 1_000;

export function createCanaryVerifier(ports: KeyVerifierPorts): KeyVerifier {
  const { keys, kept, clock, random } = ports;
  return {
    async prepare(store, plan, terms) {
      const why = findNoNeed(store, plan, terms);
      if (why !== undefined) return { ...unprepared, detail: why, isNeedless: true };
      const { runId, policy, mayEncrypt, earlier, signal } = terms;
      const listed = await keys.list(store.customKeyStoreId, signal);
      if (listed.ok && countKeys(listed.value) === 0) return { canaries: [], keys: 0 };
      const older = await readOlder(kept, store, earlier);
      const canaries = listed.ok ? dropUseless(older.canaries, listed.value) : older.canaries;
      // Each key of a fence is enabled on its own evidence.
      const wanted = plan.fence?.kind === 'planned' ? ['all'] : policy.canaryKeys;
      if (!mayEncrypt || store.connectionState !== 'CONNECTED') {
        const chosen = listed.ok ? await chooseKeys(keys, listed.value, wanted, random, signal) : null;
        return describeOlder(canaries, older.problem, {
          keys: listed.ok ? countKeys(listed.value) : null,
          ...(chosen && chosen.keys.length > 0 ? { chosen: chosen.keys.map(({ arn }) => arn) } : {}),
        });
      }
      const canaryRound = await tryCanaries(keys, canaries, clock.now(), signal);
      const combineWith = (fresh: Preparation) => combine(canaries, canaryRound, fresh, older.problem);
      if (!listed.ok)
        return combineWith({ ...unprepared, detail: `its keys could not be listed: ${listed.failure.message}` });
      if (canaryRound.lost.length > 0) return combineWith(await makeNone(ports, listed.value, terms, canaryRound));
      return combineWith(await encryptCanaries(ports, listed.value, { runId, wanted, signal }));
    },

    tryKeys(store, { canaries, detail }, sinceMs): Promise<CanaryRound> {
      return canaries.length > 0 ? tryCanaries(keys, canaries, sinceMs) : probe(keys, store, detail);
    },

    async useKeys({ chosen = [], canaries, isNeedless }) {
      if (isNeedless) return noKeyUse;
      const keyIds = chosen.length > 0 ? chosen : listKeyIds(canaries).slice(0, testedAtMost);
      return useKeys(keys, clock, keyIds);
    },

    async feel({ canaries, failedBefore }) {
      const failed = [...(failedBefore?.lost ?? []), ...(failedBefore?.unusable ?? [])];
      const canary = canaries.find(({ keyId }) => !failed.includes(keyId));
      if (canary === undefined) return null;
      const late = new AbortController();
      const { keyId, ciphertext, encryptionContext } = canary;
      const opened = keys.decrypt(keyId, ciphertext, encryptionContext, late.signal);
      const reply = await Promise.race([opened, clock.sleep(feelForMs, late.signal)]);
      late.abort();
      if (!reply) return null;
      if (reply.ok) return true;
      return reply.failure.code === 'KMSInvalidStateException' ? false : null;
    },
  };
}

function findNoNeed(store: KeyStore, plan: Plan, { policy }: PrepareTerms): string | undefined {
  if (policy.canaryKeys.includes('none')) return 'no canary was wanted';
  if (store.connectionState !== 'CONNECTED' && plan.wantedState !== 'CONNECTED')
    return 'the store is not CONNECTED, and cks does not connect it';
  // If key verification is required, keys that cannot have changed are verified too.
  return policy.requireKeyVerification || reachesKeysAnew(plan) ? undefined : 'the change touches no key';
}

/** Keys that are tested where none were chosen, because the keys of the store could not be listed. */
const testedAtMost = 3;

const listKeyIds = (canaries: readonly Canary[]) => [...new Set(canaries.map(({ keyId }) => keyId))];

interface Older {
  readonly canaries: readonly Canary[];
  /** Why those that are kept cannot be used. */
  readonly problem?: string;
}

/** Kept canaries, and those of the run that this one undoes. A file that cannot be used must not hinder fresh ones. */
async function readOlder(kept: KeptCanaries, store: KeyStore, earlier: readonly Canary[]): Promise<Older> {
  try {
    const all = [...(await kept.read(store.customKeyStoreId)), ...earlier];
    const isFirst = ({ ciphertext }: Canary, at: number) =>
      all.findIndex((one) => one.ciphertext === ciphertext) === at;
    return { canaries: all.filter(isFirst) };
  } catch (error) {
    if (!(error instanceof KeptCanariesError)) throw error;
    return { canaries: earlier, problem: error.message };
  }
}

/** Without the canaries of keys that cannot be used whatever the settings are: disabled, pending deletion, or gone. */
function dropUseless(canaries: readonly Canary[], { keys, hidden }: KeyInventory): readonly Canary[] {
  return canaries.filter(({ keyId }) => {
    const key = keys.find(({ arn }) => arn === keyId);
    return key === undefined ? hidden > 0 : key.keyState === 'Enabled' || key.keyState === 'Unavailable';
  });
}

function describeOlder(
  canaries: readonly Canary[],
  problem: string | undefined,
  about: Pick<Preparation, 'keys' | 'chosen'>,
): Preparation {
  const none = 'the old settings are not in force, and no canaries were kept from when they were';
  const detail = problem ?? (canaries.length === 0 ? none : undefined);
  return { canaries, ...about, ...(detail === undefined ? {} : { detail }) };
}

/** The key material in force is not that of the older canaries, so nothing is encrypted with it that would outlive this run. */
async function makeNone(
  { keys, random }: KeyVerifierPorts,
  inventory: KeyInventory,
  { policy, signal }: PrepareTerms,
  { lost }: CanaryRound,
): Promise<Preparation> {
  const chosen = await chooseKeys(keys, inventory, policy.canaryKeys, random, signal);
  return {
    canaries: [],
    keys: countKeys(inventory),
    detail: `${lost.length} kept ${lost.length === 1 ? 'canary does' : 'canaries do'} not decrypt with the settings in force, so cks made no fresh ones`,
    ...(chosen.keys.length > 0 ? { chosen: chosen.keys.map(({ arn }) => arn) } : {}),
  };
}

/** Those that decrypt come first: one of them tells when the outage begins. */
function combine(
  older: readonly Canary[],
  { passed, lost, unusable, unanswered, detail: why }: CanaryRound,
  fresh: Preparation,
  problem: string | undefined,
): Preparation {
  const failed = [...lost, ...unusable];
  const isWorking = ({ keyId }: Canary) => !failed.includes(keyId);
  const canaries = [...fresh.canaries, ...older.filter(isWorking), ...older.filter((one) => !isWorking(one))];
  const { keysFail: freshFail = false, failedBefore, detail, ...rest } = fresh;
  const failedNow = { lost, unusable: [...new Set([...unusable, ...(failedBefore?.unusable ?? [])])] };
  const hasFailures = failedNow.lost.length + failedNow.unusable.length > 0;
  const olderFail = failed.length > 0 && passed + unanswered === 0;
  // Neither an older canary nor a fresh one worked, and each of these that was tried failed.
  const keysFail = fresh.canaries.length === 0 && passed + unanswered === 0 && (freshFail || olderFail);
  const keptFail = detail === undefined ? `kept canaries: ${why}` : 'the kept canaries do not decrypt either';
  const problems = [detail, problem, lost.length === 0 && failed.length > 0 ? keptFail : undefined];
  const told = problems.filter((text) => text !== undefined).join('; ');
  return {
    ...rest,
    canaries,
    ...(told === '' ? {} : { detail: told }),
    ...(keysFail ? { keysFail } : {}),
    ...(hasFailures ? { failedBefore: failedNow } : {}),
  };
}
