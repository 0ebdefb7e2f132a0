import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/domain/change.ts';
import type { KeyStore, Settings } from '../../src/domain/key-store.ts';
import { planTrialConnect, trialStoreChange } from '../../src/domain/plan-trial-connect.ts';
import { judgeTrialConnect } from '../../src/domain/trial-connect.ts';
import { newEndpoint, newReference, oldEndpoint, oldReference, privateService } from '../support/stores.ts';

const place: Settings = { XksProxyUriEndpoint: oldEndpoint, XksProxyUriPath: '/old/kms/xks/v1' };
const store = (settings: Settings = {}): KeyStore => ({
  customKeyStoreId: 'cks-1',
  customKeyStoreType: 'EXTERNAL_KEY_STORE',
  connectionState: 'CONNECTED',
  settings: {
    name: 'xks',
    XksProxyConnectivity: 'PUBLIC_ENDPOINT',
    ...place,
    proxyCredentialAccessKeyId: oldReference.AccessKeyId,
    ...settings,
  },
});
const hidden = store({ XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE', XksProxyVpcEndpointServiceName: privateService });
const hsm: KeyStore = { ...store(), customKeyStoreType: 'AWS_CLOUDHSM', settings: { CloudHsmClusterId: 'cluster-1' } };
const previous = { XksProxyAuthenticationCredential: oldReference };
const credential = { XksProxyAuthenticationCredential: newReference };

describe('a trial connect', () => {
  it.each<[string, KeyStore, Change]>([
    ['a new endpoint', store(), { XksProxyUriEndpoint: newEndpoint }],
    ['a new path at a public endpoint', store(), { XksProxyUriPath: '/new/kms/xks/v1' }],
    [
      'another VPC endpoint service',
      hidden,
      { XksProxyUriEndpoint: newEndpoint, XksProxyVpcEndpointServiceName: `${privateService}2` },
    ],
  ])('is possible for %s', (_name, of, send) => {
    expect(planTrialConnect(of, send, previous)).toEqual({ kind: 'possible' });
  });

  it.each<[string, KeyStore, Change, string]>([
    ['the same endpoint and path', store(), credential, 'with the path /old/kms/xks/v1 is that of "xks" (cks-1)'],
    ['a path behind a VPC endpoint service', hidden, { XksProxyUriPath: '/new/kms/xks/v1' }, 'cannot be shared'],
    ['the same VPC endpoint service', hidden, { XksProxyUriEndpoint: newEndpoint }, 'so no other store can have it'],
    ['a CloudHSM cluster', hsm, { CloudHsmClusterId: 'cluster-2' }, 'one custom key store only'],
  ])('is impossible for %s, and it says why', (_name, of, send, why) => {
    expect(planTrialConnect(of, send, previous)).toEqual({ kind: 'impossible', why: expect.stringContaining(why) });
  });

  it('is impossible without a credential that is or will be in force', () => {
    const send = { XksProxyUriEndpoint: newEndpoint };
    const why = expect.stringContaining('needs the proxy credential');
    expect(planTrialConnect(store(), send, {})).toEqual({ kind: 'impossible', why });
    const another = { XksProxyAuthenticationCredential: newReference };
    expect(planTrialConnect(store(), send, another)).toEqual({ kind: 'impossible', why });
  });

  it('is needless for a change that has no part in connecting', () => {
    expect(planTrialConnect(store(), { NewCustomKeyStoreName: 'renamed' }, {}).kind).toBe('needless');
  });

  it('creates what the change leads to, with the credential that will be in force', () => {
    const goesPublic: Change = {
      XksProxyConnectivity: 'PUBLIC_ENDPOINT',
      XksProxyUriEndpoint: newEndpoint,
      XksProxyVpcEndpointServiceName: '',
    };
    expect(trialStoreChange(hidden, goesPublic, previous)).toEqual({
      XksProxyConnectivity: 'PUBLIC_ENDPOINT',
      XksProxyUriEndpoint: newEndpoint,
      XksProxyUriPath: '/old/kms/xks/v1',
      XksProxyAuthenticationCredential: oldReference,
    });
    expect(trialStoreChange(hidden, credential, previous)).toEqual({
      XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
      ...place,
      XksProxyVpcEndpointServiceName: privateService,
      XksProxyAuthenticationCredential: newReference,
    });
  });

  it.each([
    ['XksProxyUriUnreachableException', 'failed'],
    ['XksProxyIncorrectAuthenticationCredentialException', 'failed'],
    ['XksProxyVpcEndpointServiceInvalidConfigurationException', 'failed'],
    ['XksProxyUriInUseException', 'unknown'],
    ['XksProxyUriEndpointInUseException', 'unknown'],
    ['XksProxyVpcEndpointServiceInUseException', 'unknown'],
    ['LimitExceededException', 'unknown'],
    ['AccessDeniedException', 'unknown'],
    ['KMSInternalException', 'unknown'],
  ])('that is refused with %s has %s', (code, status) => {
    const failure = { code, message: 'no', class: 'refused' } as const;
    const end = { kind: 'refused', operation: 'CreateCustomKeyStore', failure } as const;
    expect(judgeTrialConnect(end, 'cks-trial-1', null)).toEqual({
      check: 'trial-connect',
      status,
      message: expect.stringContaining(code),
    });
  });

  it('has failed where its store is left, however it ended', () => {
    expect(judgeTrialConnect({ kind: 'connected' }, 'cks-trial-1', 'denied')).toMatchObject({
      status: 'failed',
      message: expect.stringContaining('"cks-trial-1" still exists (denied)'),
      leaves: 'cks-trial-1',
    });
  });
});
