/** Where the keys of a store come from now and where they would by a plan, with the credentials that are at hand. */
import { applyChange, type CredentialReference, changedNames } from '../../domain/change.ts';
import type { KeyStore, Settings } from '../../domain/key-store.ts';
import type { Plan } from '../../domain/plan.ts';
import { describeProperty } from '../../domain/properties.ts';
import type { Previous } from '../../domain/restorability.ts';
import type { CredentialValue } from '../../ports/kms.ts';
import { type Secrets, SecretUnavailableError } from '../../ports/secrets.ts';
import type { Side, XksProxy } from '../../ports/xks-proxy.ts';

export interface Source {
  /** Which settings it is of. */
  readonly side: Side;
  readonly endpoint: string;
  readonly path: string;
  /** KMS reaches it over the internet, and not through a VPC endpoint service. */
  readonly isPublic: boolean;
  /** Null if its secret was not given. */
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

/**
 * Whether a request for either leads to one and the same proxy, as far as can be seen from here: a change of the VPC endpoint
 * service or of the connectivity leaves the name as it is, and only KMS reaches both.
 */
export function isOnePlace(proxy: Pick<XksProxy, 'locate'>, { now, next }: Sources): boolean {
  const hostOf = ({ endpoint }: Source) => endpoint.toLowerCase();
  const addressOf = ({ endpoint, side }: Source) => proxy.locate(endpoint, side);
  return hostOf(now) === hostOf(next) && now.path === next.path && addressOf(now) === addressOf(next);
}

/** What makes the two distinguishable. */
export const describeApart = '--xks-proxy-connect-to old=HOST:PORT and new=HOST:PORT give an address to each';

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
    const isInForce = given?.AccessKeyId === store.settings.proxyCredentialAccessKeyId;
    // A run that is continued may have lost a secret that it was handed as a value.
    const inForce = given && isInForce ? await open(given).catch(nullWhereUnavailable) : null;
    const moves = changedNames(plan.send).some((name) => describeProperty(name).keySource);
    const now = { ...placeOf(store.settings), side: 'old', credential: inForce } as const;
    const next = {
      ...placeOf(then),
      side: moves ? 'new' : 'old',
      credential: told ? await open(told) : inForce,
    } as const;
    return {
      now,
      next,
      rotates: told !== undefined && now.endpoint === next.endpoint && now.path === next.path,
      moves,
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
  const connects = plan.mode === 'offline' || plan.wantedState !== store.connectionState;
  return names.length === 0 || connects || names.some((name) => describeProperty(name).connects);
}

function placeOf({ XksProxyUriEndpoint = '', XksProxyUriPath = '', XksProxyConnectivity }: Settings) {
  const isPublic = XksProxyConnectivity !== 'VPC_ENDPOINT_SERVICE';
  return { endpoint: XksProxyUriEndpoint, path: XksProxyUriPath, isPublic };
}

export function isOpen(source: Source): source is OpenSource {
  return source.credential !== null;
}

export const noCredential =
  'needs the proxy credential; pass --previous-xks-proxy-authentication-credential, or a new one';
