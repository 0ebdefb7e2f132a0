/**
 * Whether new settings can be tried with a trial store, and what that store is created with.
 *
 * Sources: the KMS API reference, CreateCustomKeyStore; the KMS Developer Guide, create-xks-keystore and create-keystore.
 */
import { applyChange, type Change, changedNames } from './change.ts';
import { type KeyStore, nameStore, type Settings } from './key-store.ts';
import { describeProperty } from './properties.ts';
import type { Previous } from './restorability.ts';
import { explainSharedAddress } from './shared-address.ts';

/** `needless`: the change leads nowhere that could be tried. */
export type TrialConnectPlan =
  | { readonly kind: 'possible' }
  | { readonly kind: 'needless' | 'impossible'; readonly why: string };

export function planTrialConnect(store: KeyStore, send: Change, previous: Previous): TrialConnectPlan {
  if (!changedNames(send).some((name) => describeProperty(name).connects)) {
    return { kind: 'needless', why: 'the change leads to no new endpoint, path or VPC service' };
  }
  if (store.customKeyStoreType === 'AWS_CLOUDHSM') {
    const why =
      'a CloudHSM cluster and its relatives can have one custom key store only, and its connect would log kmsuser in and change the password';
    return { kind: 'impossible', why };
  }
  const [shared] = explainSharedAddress(applyChange(store.settings, send), store.settings, nameStore(store));
  if (shared !== undefined) return { kind: 'impossible', why: `${shared}, so no other store can have it too` };
  if (findCredential(store, send, previous) === undefined) {
    const why = 'needs the proxy credential; pass --previous-xks-proxy-authentication-credential, or a new one';
    return { kind: 'impossible', why };
  }
  return { kind: 'possible' };
}

/** The input of CreateCustomKeyStore, except name and type. */
export function trialStoreChange(store: KeyStore, send: Change, previous: Previous): Change {
  const settings = applyChange(store.settings, send);
  const names = ['XksProxyUriEndpoint', 'XksProxyUriPath', 'XksProxyConnectivity'] as const;
  const serviceNames = ['XksProxyVpcEndpointServiceName', 'XksProxyVpcEndpointServiceOwner'] as const;
  const shown = [...names, ...serviceNames].flatMap((name) => (settings[name] ? [[name, settings[name]]] : []));
  const credential = findCredential(store, send, previous);
  return { ...Object.fromEntries(shown), ...(credential ? { XksProxyAuthenticationCredential: credential } : {}) };
}

/** What Describe shows of the trial store. */
export function trialStoreSettings(name: string, change: Change): Settings {
  return applyChange({ name }, change);
}

function findCredential({ settings }: KeyStore, send: Change, { XksProxyAuthenticationCredential: given }: Previous) {
  const isInForce = given?.AccessKeyId === settings.proxyCredentialAccessKeyId;
  return send.XksProxyAuthenticationCredential ?? (isInForce ? given : undefined);
}
