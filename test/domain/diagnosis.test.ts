/** What the doctor says of a store, and has typed next. */
import { describe, expect, it } from 'vitest';
import type { CheckFinding } from '../../src/domain/checks.ts';
import { connectionErrors } from '../../src/domain/connection-errors.ts';
import { type Diagnosis, diagnose } from '../../src/domain/diagnosis.ts';
import type { ConnectionState } from '../../src/domain/key-store.ts';

const store = (connectionState: ConnectionState, more: object = {}) => ({
  customKeyStoreId: 'cks-1',
  customKeyStoreType: 'AWS_CLOUDHSM' as const,
  connectionState,
  settings: { NewCustomKeyStoreName: 'hsm' },
  ...more,
});
const found = (status: CheckFinding['status'], check = 'cloudhsm-cluster') => ({ check, status, message: 'as it is' });
const examine = (
  state: ConnectionState,
  findings: readonly CheckFinding[] = [],
  unfinishedRunId: string | null = null,
) => diagnose({ store: store(state), findings, unfinishedRunId });

describe('the diagnosis of a store', () => {
  it.each<[string, Diagnosis, Diagnosis]>([
    ['that works', examine('CONNECTED'), { isWell: true, verdict: 'nothing is amiss', next: [] }],
    [
      'that works, with doubts',
      examine('CONNECTED', [found('warned'), found('unknown'), found('skipped')]),
      { isWell: true, verdict: 'nothing is amiss', next: [] },
    ],
    [
      'that works as long as it is not connected again',
      examine('CONNECTED', [found('failed'), found('failed', 'cluster-network')]),
      {
        isWell: false,
        verdict: 'it is CONNECTED, but another connect would fail: cloudhsm-cluster and cluster-network',
        next: ['cks check cks-1'],
      },
    ],
    [
      'that is offline',
      examine('DISCONNECTED'),
      { isWell: false, verdict: 'it is DISCONNECTED, and no key in it can be used', next: ['cks reconnect cks-1'] },
    ],
    [
      'that is offline, and would stay so',
      examine('DISCONNECTED', [found('failed')]),
      {
        isWell: false,
        verdict: 'it is DISCONNECTED, and no key in it can be used; what cloudhsm-cluster found has to be mended first',
        next: ['cks reconnect cks-1'],
      },
    ],
    [
      'that is moving',
      examine('CONNECTING', [found('failed')]),
      { isWell: false, verdict: 'it is CONNECTING: wait until KMS has finished', next: ['cks doctor cks-1'] },
    ],
    [
      'that a run has left, before anything else',
      examine('DISCONNECTED', [found('failed')], 'run-1'),
      { isWell: false, verdict: 'run run-1 has not ended, and left it DISCONNECTED', next: ['cks resume run-1'] },
    ],
  ])('%s', (_, diagnosis, expected) => {
    expect(diagnosis).toEqual(expected);
  });

  it('has a command for each connection error', () => {
    const commands = Object.entries(connectionErrors).flatMap(([connectionErrorCode, { appliesTo }]) =>
      (appliesTo === 'both' ? (['AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'] as const) : [appliesTo]).map((type) => {
        const failed = store('FAILED', { customKeyStoreType: type, connectionErrorCode });
        const { isWell, error, next } = diagnose({ store: failed, findings: [], unfinishedRunId: null });
        expect(isWell).toBe(false);
        expect(error?.code).toBe(connectionErrorCode);
        return `${type} ${connectionErrorCode}: ${next.join(', ').replace(' cks-1', '')}`;
      }),
    );

    expect(commands).toMatchInlineSnapshot(`
      [
        "AWS_CLOUDHSM INTERNAL_ERROR: cks reconnect",
        "EXTERNAL_KEY_STORE INTERNAL_ERROR: cks reconnect",
        "AWS_CLOUDHSM NETWORK_ERRORS: cks reconnect",
        "EXTERNAL_KEY_STORE NETWORK_ERRORS: cks reconnect",
        "AWS_CLOUDHSM INVALID_CREDENTIALS: cks update --key-store-password env:NAME",
        "EXTERNAL_KEY_STORE INVALID_CREDENTIALS: cks update --xks-proxy-authentication-credential AccessKeyId=ID,RawSecretAccessKey=env:NAME",
        "AWS_CLOUDHSM CLUSTER_NOT_FOUND: cks update --cloud-hsm-cluster-id VALUE",
        "AWS_CLOUDHSM INSUFFICIENT_CLOUDHSM_HSMS: cks reconnect",
        "AWS_CLOUDHSM INSUFFICIENT_FREE_ADDRESSES_IN_SUBNET: cks reconnect",
        "AWS_CLOUDHSM SUBNET_NOT_FOUND: cks update --cloud-hsm-cluster-id VALUE",
        "AWS_CLOUDHSM USER_LOCKED_OUT: cks update --key-store-password env:NAME",
        "AWS_CLOUDHSM USER_LOGGED_IN: cks reconnect --accept login",
        "AWS_CLOUDHSM USER_NOT_FOUND: cks update --key-store-password env:NAME",
        "EXTERNAL_KEY_STORE XKS_PROXY_ACCESS_DENIED: cks reconnect",
        "EXTERNAL_KEY_STORE XKS_PROXY_INVALID_CONFIGURATION: cks update --xks-proxy-uri-path VALUE",
        "EXTERNAL_KEY_STORE XKS_PROXY_INVALID_RESPONSE: cks reconnect",
        "EXTERNAL_KEY_STORE XKS_PROXY_INVALID_TLS_CONFIGURATION: cks reconnect",
        "EXTERNAL_KEY_STORE XKS_PROXY_NOT_REACHABLE: cks reconnect",
        "EXTERNAL_KEY_STORE XKS_PROXY_TIMED_OUT: cks reconnect",
        "EXTERNAL_KEY_STORE XKS_VPC_ENDPOINT_SERVICE_INVALID_CONFIGURATION: cks reconnect",
        "EXTERNAL_KEY_STORE XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND: cks update --xks-proxy-vpc-endpoint-service-name VALUE",
      ]
    `);
  });
});
