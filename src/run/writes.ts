/** The three calls that change a store, each as a rule for `ensure`. */

import type { ConnectInput, UpdateActorInput, Write, WriteInput } from '../../machines/safe-update/index.ts';
import { type Change, changedNames, checkText, isDiscernible, secretReference, showsChange } from '../domain/change.ts';
import { explainError } from '../domain/errors.ts';
import { hasNoEffect } from '../domain/failure.ts';
import type { KeyStore } from '../domain/key-store.ts';
import { type CountedLogin, type LoginRecord, noLogins, withoutOne } from '../domain/logins.ts';
import { describeProperty, type PropertyName } from '../domain/properties.ts';
import { mayBeStale } from '../domain/stale-reads.ts';
import type { CredentialValue, Reply, UpdateValues } from '../ports/kms.ts';
import { type Secrets, SecretUnavailableError } from '../ports/secrets.ts';
import { countLogin } from './logins.ts';
import { extendStaleReads } from './lost-time.ts';
import type { Run } from './run.ts';
import { ensure } from './write.ts';

const stateIs =
  (...states: readonly KeyStore['connectionState'][]) =>
  (store: KeyStore) =>
    states.includes(store.connectionState);

/** A state that may be older than the last accepted call says nothing of this one. */
const showsNow =
  (run: Run, { stale }: WriteInput, ...states: readonly KeyStore['connectionState'][]) =>
  (store: KeyStore) =>
    stateIs(...states)(store) && !mayBeStale(extendStaleReads(run, stale), store.connectionState, run.clock.now());

export function disconnectStore(run: Run, question: WriteInput, rerun: boolean): Promise<Write> {
  return ensure(
    run,
    {
      operation: 'DisconnectCustomKeyStore',
      from: [question.evidence.store.connectionState],
      isDone: showsNow(run, question, 'DISCONNECTING', 'DISCONNECTED'),
      isNotDone: stateIs('CONNECTED', 'FAILED'),
      mustBeKnown: true,
      call: () => run.kms.disconnect(question.evidence.store.customKeyStoreId),
    },
    question,
    rerun,
  );
}

export async function connectStore(run: Run, question: ConnectInput, rerun: boolean): Promise<Write> {
  const { customKeyStoreId } = question.evidence.store;
  // The cluster it will connect to, which the evidence from before the update may not show yet.
  const clusterId = question.settings[0]?.CloudHsmClusterId;
  let login: CountedLogin = { record: rerun ? asIfSent(question.logins) : question.logins, isGrantSpent: false };
  const connect = async (): Promise<Reply<null>> => {
    if (clusterId === undefined) return run.kms.connect(customKeyStoreId);
    const uncounted = login;
    const { failure, ...counted } = await countLogin(run.logins, clusterId, login, question.accepted);
    login = counted;
    if (failure) return { ok: false, calls: 0, failure };
    const reply = await run.kms.connect(customKeyStoreId);
    if (reply.ok) login = { ...counted, isAccepted: true };
    else if (hasNoEffect(reply.failure)) {
      await run.logins.takeBack(clusterId);
      login = { record: withoutOne(counted.record), isGrantSpent: uncounted.isGrantSpent };
    }
    return reply;
  };
  const write = await ensure(
    run,
    {
      operation: 'ConnectCustomKeyStore',
      from: ['DISCONNECTED'],
      isDone: showsNow(run, question, 'CONNECTING', 'CONNECTED', 'FAILED'),
      isNotDone: stateIs('DISCONNECTED'),
      call: connect,
      // One of the Connects without a definite answer may still show.
      mayPass: ({ code }) => code === 'LOGIN_LIMIT' && (rerun || question.mayBeDone),
    },
    question,
    rerun,
  );
  return clusterId === undefined ? write : { ...write, login };
}

/** The process that broke off may have counted a connect that no journal holds. */
function asIfSent(counted: LoginRecord): LoginRecord {
  return { ...counted, unknownBecause: 'the run broke off during a connect' };
}

export async function updateStore(run: Run, question: UpdateActorInput, rerun: boolean): Promise<Write> {
  const { change, evidence } = question;
  const write = await ensure(
    run,
    {
      operation: 'UpdateCustomKeyStore',
      // Live, or DISCONNECTED: whatever else it was seen in passes, or is an external change.
      from: [evidence.store.connectionState === 'CONNECTED' ? 'CONNECTED' : 'DISCONNECTED'],
      isDone: ({ settings }) => isDiscernible(evidence.store.settings, change) && showsChange(settings, change),
      isNotDone: ({ settings }) => !showsChange(settings, change),
      call: () => sendUpdate(run, evidence.store.customKeyStoreId, change),
      mayPass: (failure) => question.isRollback && explainError(failure.code, failure).mayPass === true,
      mustBeKnown: question.mustBeKnown,
    },
    question,
    rerun,
  );
  const clusterId = change.CloudHsmClusterId ?? evidence.store.settings.CloudHsmClusterId;
  if (write.kind === 'accepted' && change.KeyStorePassword && clusterId) await run.logins.write(clusterId, noLogins);
  return write;
}

/** The secrets leave their port here, for this one call. */
async function sendUpdate(run: Run, customKeyStoreId: string, change: Change): Promise<Reply<null>> {
  try {
    return await run.kms.update(customKeyStoreId, await resolveChange(run.secrets, change));
  } catch (error) {
    if (!(error instanceof SecretUnavailableError)) throw error;
    return { ok: false, calls: 0, failure: { code: 'SECRET_UNAVAILABLE', message: error.message, class: 'refused' } };
  }
}

/** Nothing that KMS would not take as this secret leaves. @throws {SecretUnavailableError} */
function requireText(name: PropertyName, secret: string): void {
  const { secretMember, text } = describeProperty(name);
  const word = secretMember ? `${name}.${secretMember.name}` : name;
  const findings = checkText(name, word, secretMember?.text ?? text, secret, true);
  const error = findings.find(({ severity }) => severity === 'error');
  if (error) throw new SecretUnavailableError(error.message);
}

/** @throws {SecretUnavailableError} */
export async function resolveChange(secrets: Secrets, change: Change): Promise<UpdateValues> {
  const values: Record<string, string | CredentialValue> = {};
  for (const name of changedNames(change)) {
    const reference = secretReference(change, name);
    const value = change[name] ?? '';
    if (reference === undefined) values[name] = value as string;
    else {
      const secret = await secrets.resolve(reference);
      requireText(name, secret);
      values[name] =
        typeof value === 'object' ? { AccessKeyId: value.AccessKeyId, RawSecretAccessKey: secret } : secret;
    }
  }
  return values;
}
