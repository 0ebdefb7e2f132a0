/** Where the keys of a store come from now and where they would by a plan, with the credentials that are at hand. */
import { applyChange, type CredentialReference, changedNames } from '../../domain/change.ts';
import type { KeyStore, Settings } from '../../domain/key-store.ts';
import type { Plan } from '../../domain/plan.ts';
import { describeProperty } from '../../domain/properties.ts';
import type { Previous } from '../../domain/restorability.ts';
import type { CredentialValue } from '../../ports/kms.ts';
import { type Secrets, SecretUnavailableError } from '../../ports/secrets.ts';

export interface Source {
  readonly endpoint: string;
  readonly path: string;
  /** Null where nobody gave its secret. */
  readonly credential: CredentialValue | null;
}

/** A source that may be asked: its secret is at hand. */
export interface OpenSource extends Source {
  readonly credential: CredentialValue;
}

export interface Sources {
  readonly now: Source;
  readonly next: Source;
  /** Another credential for the same proxy. */
  readonly rotates: boolean;
  /** Another place, where the same keys must be. */
  readonly moves: boolean;
}

export type FindSources = (store: KeyStore, plan: Plan) => Promise<Sources | null>;

/** `null`: no external key store, or a plan that no proxy has a part in. `previous`: the credential in force, if given. */
export function createFindSources(previous: Previous, secrets: Secrets): FindSources {
  const open = async ({
    AccessKeyId,
    RawSecretAccessKey: reference,
  }: CredentialReference): Promise<CredentialValue> => ({
    AccessKeyId,
    RawSecretAccessKey: await secrets.resolve(reference),
  });
  return async (store, plan) => {
    if (store.customKeyStoreType !== 'EXTERNAL_KEY_STORE' || !concernsProxy(store, plan)) return null;
    const then = applyChange(store.settings, plan.send);
    const given = previous.XksProxyAuthenticationCredential;
    const told = plan.send.XksProxyAuthenticationCredential;
    const isInForce = given?.AccessKeyId === store.settings.XksProxyAuthenticationCredential;
    // A run that is gone on with may have lost a secret that it was handed as a value.
    const inForce = given && isInForce ? await open(given).catch(nullWhereUnavailable) : null;
    const now = { ...placeOf(store.settings), credential: inForce };
    const next = { ...placeOf(then), credential: told ? await open(told) : inForce };
    return {
      now,
      next,
      rotates: told !== undefined && now.endpoint === next.endpoint && now.path === next.path,
      moves: changedNames(plan.send).some((name) => describeProperty(name).keySource),
    };
  };
}

function nullWhereUnavailable(error: unknown): null {
  if (error instanceof SecretUnavailableError) return null;
  throw error;
}

/** Whether KMS will speak to the proxy by this plan, or nothing is changed and it is only looked at. */
function concernsProxy(store: KeyStore, plan: Plan): boolean {
  const names = changedNames(plan.send);
  const connects = plan.path === 'offline' || plan.wantedState !== store.connectionState;
  return names.length === 0 || connects || names.some((name) => describeProperty(name).connects);
}

function placeOf({ XksProxyUriEndpoint = '', XksProxyUriPath = '' }: Settings) {
  return { endpoint: XksProxyUriEndpoint, path: XksProxyUriPath };
}

export function isOpen(source: Source): source is OpenSource {
  return source.credential !== null;
}

export const noCredential =
  'no credential to sign with is at hand: give the one in force as the previous one, or a new one';
