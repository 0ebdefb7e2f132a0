/** Creates the trial store of a trial connect, written as *ensure*: its name tells whether an earlier call has made it. */
import type { Observation } from '../../machines/safe-update/index.ts';
import type { Change } from '../domain/change.ts';
import type { Failure } from '../domain/failure.ts';
import { trialStoreSettings } from '../domain/plan-trial-connect.ts';
import { graceMs } from '../domain/stale-reads.ts';
import type { Reply } from '../ports/kms.ts';
import { SecretUnavailableError } from '../ports/secrets.ts';
import type { Run } from './run.ts';
import type { TrialStore } from './trial-store.ts';
import { resolveChange } from './writes.ts';

export type Created =
  | { readonly kind: 'accepted'; readonly observed: Observation }
  /** `mayBeDone`: an answer was lost, so that it may be there all the same. */
  | { readonly kind: 'refused'; readonly failure: Failure; readonly mayBeDone: boolean };

const pauseMs = 1_000;
const sendsAtMost = 3;

/** `rerun`: the call may have been sent already. */
export async function createTrialStore(
  run: Run,
  trialStore: TrialStore,
  change: Change,
  rerun: boolean,
): Promise<Created> {
  const { name } = trialStore;
  let mayBeDone = rerun;
  let found = rerun ? await find(0) : null;
  for (let sends = 1; ; sends += 1) {
    if (found) return { kind: 'accepted', observed: found };
    const reply = await run.count('CreateCustomKeyStore', send(run, name, change));
    if (reply.ok) return { kind: 'accepted', observed: asCreated(reply.value) };
    const { failure } = reply;
    mayBeDone ||= failure.class === 'unclear';
    // A no may be the answer to a repetition: the name is in use, by the store that was made before.
    found = mayBeDone ? await find(graceMs) : null;
    if (!found && (failure.class !== 'unclear' || sends === sendsAtMost))
      return { kind: 'refused', failure, mayBeDone };
  }

  function asCreated(customKeyStoreId: string): Observation {
    const store = {
      customKeyStoreId,
      customKeyStoreType: 'EXTERNAL_KEY_STORE',
      connectionState: 'DISCONNECTED',
      settings: trialStoreSettings(name, change),
    } as const;
    return { store, atMs: run.clock.now() };
  }

  async function find(withinMs: number): Promise<Observation | null> {
    const untilMs = run.clock.now() + withinMs;
    for (;;) {
      const observe = await trialStore.observe(name);
      if (observe.kind === 'observed') return observe.observed;
      if (observe.failure.class === 'credentials' || run.clock.now() >= untilMs) return null;
      await run.clock.sleep(pauseMs);
    }
  }
}

async function send({ kms, secrets }: Run, name: string, change: Change): Promise<Reply<string>> {
  try {
    return await kms.create(name, await resolveChange(secrets, change));
  } catch (error) {
    if (!(error instanceof SecretUnavailableError)) throw error;
    return { ok: false, calls: 0, failure: { code: 'SECRET_UNAVAILABLE', message: error.message, class: 'refused' } };
  }
}
