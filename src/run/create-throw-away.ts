/** Creates the throw-away store of a rehearsal, written as *ensure*: its name tells whether an earlier call has made it. */
import type { Sighting } from '../../machines/safe-update/index.ts';
import type { Change } from '../domain/change.ts';
import type { Failure } from '../domain/failure.ts';
import { rehearsedSettings } from '../domain/rehearsal.ts';
import { graceMs } from '../domain/stale-reads.ts';
import type { Reply } from '../ports/kms.ts';
import { SecretUnavailableError } from '../ports/secrets.ts';
import type { Run } from './run.ts';
import type { ThrowAway } from './throw-away.ts';
import { resolveChange } from './writes.ts';

export type Created =
  | { readonly kind: 'accepted'; readonly seen: Sighting }
  /** `mayBeDone`: an answer was lost, so that it may be there all the same. */
  | { readonly kind: 'refused'; readonly failure: Failure; readonly mayBeDone: boolean };

const pauseMs = 1_000;
const sendsAtMost = 3;

/** `rerun`: the call may have been sent already. */
export async function createThrowAway(
  run: Run,
  throwAway: ThrowAway,
  change: Change,
  rerun: boolean,
): Promise<Created> {
  const { name } = throwAway;
  let mayBeDone = rerun;
  let found = rerun ? await find(0) : null;
  for (let sends = 1; ; sends += 1) {
    if (found) return { kind: 'accepted', seen: found };
    const reply = await run.count('CreateCustomKeyStore', send(run, name, change));
    if (reply.ok) return { kind: 'accepted', seen: asCreated(reply.value) };
    const { failure } = reply;
    mayBeDone ||= failure.class === 'unclear';
    // A no may be the answer to a repetition: the name is in use, by the store that was made before.
    found = mayBeDone ? await find(graceMs) : null;
    if (!found && (failure.class !== 'unclear' || sends === sendsAtMost))
      return { kind: 'refused', failure, mayBeDone };
  }

  function asCreated(customKeyStoreId: string): Sighting {
    const store = {
      customKeyStoreId,
      customKeyStoreType: 'EXTERNAL_KEY_STORE',
      connectionState: 'DISCONNECTED',
      settings: rehearsedSettings(name, change),
    } as const;
    return { store, atMs: run.clock.now() };
  }

  async function find(withinMs: number): Promise<Sighting | null> {
    const untilMs = run.clock.now() + withinMs;
    for (;;) {
      const look = await throwAway.look(name);
      if (look.kind === 'seen') return look.seen;
      if (look.failure.class === 'credentials' || run.clock.now() >= untilMs) return null;
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
