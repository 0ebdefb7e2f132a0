/** What the doctor says of a store, and has typed next. */
import { describe, expect, it } from 'vitest';
import type { CheckFinding } from '../../src/domain/checks.ts';
import { connectionErrors } from '../../src/domain/connection-errors.ts';
import { type Diagnosis, diagnose, type Symptoms } from '../../src/domain/diagnosis.ts';
import type { ConnectionState } from '../../src/domain/key-store.ts';
import type { StoreKeyTest } from '../../src/domain/store-key-test.ts';

const store = (connectionState: ConnectionState, more: object = {}) => ({
  customKeyStoreId: 'cks-1',
  customKeyStoreType: 'AWS_CLOUDHSM' as const,
  connectionState,
  settings: { name: 'hsm' },
  ...more,
});
const found = (status: CheckFinding['status'], check = 'cloudhsm-cluster') => ({ check, status, message: 'as it is' });
const keyTest = (status: StoreKeyTest['status'], message = 'keys work'): StoreKeyTest => ({
  kind: 'fresh',
  status,
  message,
  keys: [],
});
const stranded = { runId: 'run-1', outcome: 'stranded', isResumable: true } as const;
const nothingElse = {
  findings: [],
  keyTest: keyTest('passed'),
  atWork: null,
  unfinished: null,
  disabled: null,
  enabledMeanwhile: null,
  openRun: null,
  openRunCanaries: 'none',
  reconnectRisks: [],
  problems: [],
  unreadable: [],
} as const;
const examine = (state: ConnectionState, findings: readonly CheckFinding[] = [], more: Partial<Symptoms> = {}) =>
  diagnose({ ...nothingElse, store: store(state), findings, ...more });

describe('the diagnosis of a store', () => {
  it.each<[string, Diagnosis, Diagnosis]>([
    ['whose keys work', examine('CONNECTED'), { isWell: true, verdict: 'keys work', next: [] }],
    [
      'whose keys work, with doubts',
      examine('CONNECTED', [found('warned'), found('unknown'), found('skipped', 'cluster-network')], {
        problems: ['the lock table cannot be read'],
      }),
      {
        isWell: true,
        verdict: 'keys work; 2 checks could not run: cloudhsm-cluster, cluster-network; the lock table cannot be read',
        next: [],
      },
    ],
    [
      'whose keys work, while a journal of it cannot be read',
      examine('CONNECTED', [], { unreadable: ['run-1.ndjson cannot be read (EACCES)'] }),
      {
        isWell: null,
        verdict:
          'cks cannot tell whether it is well; keys work; cks could not read all evidence: run-1.ndjson cannot be read (EACCES)',
        next: [],
      },
    ],
    [
      'whose keys work, where the canaries of a stranded run gave no answer',
      examine('CONNECTED', [], { openRun: stranded, openRunCanaries: 'noAnswer' }),
      {
        isWell: null,
        verdict:
          'cks cannot tell whether it is well; keys work; run run-1 ended stranded; canaries from before it gave no answer',
        next: ['cks resume run-1'],
      },
    ],
    [
      'whose keys work, where a later run has taken the place of a stranded one',
      examine('CONNECTED', [], { openRun: { ...stranded, isResumable: false }, openRunCanaries: 'decrypted' }),
      {
        isWell: true,
        verdict: 'keys work; run run-1 ended stranded; canaries from before it decrypt',
        next: [],
      },
    ],
    [
      'whose keys work, with keys that were enabled though their key source held different keys',
      examine('CONNECTED', [], {
        openRun: stranded,
        enabledMeanwhile: { runId: 'run-1', keys: ['key-1', 'key-2'], unverified: ['key-1'], isWithheld: true },
      }),
      {
        isWell: false,
        verdict:
          'it is CONNECTED, but cks cannot trust its keys; run run-1 ended stranded; run run-1 left 2 keys disabled and did not finish, and another principal enabled them without a test (1 unverified)',
        next: ['cks resume run-1'],
      },
    ],
    [
      'that is DISCONNECTED after a stranded run',
      examine('DISCONNECTED', [], { openRun: stranded }),
      {
        isWell: false,
        verdict: 'it is DISCONNECTED, and no key in it can be used; run run-1 ended stranded',
        next: ['cks resume run-1', 'cks reconnect cks-1'],
      },
    ],
    [
      'that is CONNECTED, with keys that do not work',
      examine('CONNECTED', [], { keyTest: keyTest('failed', '1 of 3 tested keys do not work') }),
      {
        isWell: false,
        verdict: 'it is CONNECTED, but 1 of 3 tested keys do not work',
        next: ['cks check cks-1'],
      },
    ],
    [
      'that is CONNECTED, where no key could be used and no check could run',
      examine('CONNECTED', [found('unknown')], { keyTest: keyTest('unknown', 'we are denied') }),
      {
        isWell: null,
        verdict:
          'it is CONNECTED, which says nothing of its keys; we are denied; 1 check could not run: cloudhsm-cluster',
        next: [],
      },
    ],
    [
      'whose cluster is gone',
      examine('CONNECTED', [{ ...found('failed'), curedBy: 'CloudHsmClusterId' }]),
      {
        isWell: false,
        verdict: 'it is CONNECTED, but another connect would fail: cloudhsm-cluster; its keys work now',
        next: ['cks update cks-1 --cloud-hsm-cluster-id VALUE'],
      },
    ],
    [
      'on which a run works now',
      examine('DISCONNECTED', [], {
        atWork: { runId: 'run-1', pid: 7, since: '1970-01-01T00:00:00.000Z', step: 'settleStore' },
      }),
      {
        isWell: false,
        verdict:
          'run run-1 (process 7, since 1970-01-01T00:00:00.000Z, waiting for the store) works on it now; it is DISCONNECTED',
        next: ['cks runs show run-1', 'cks stop run-1'],
      },
    ],
    [
      'that a run on another machine has left',
      examine('DISCONNECTED', [], { unfinished: { runId: 'run-1', host: 'ops-2' } }),
      {
        isWell: false,
        verdict: 'run run-1 on ops-2 has not ended, and left it DISCONNECTED',
        next: ['cks resume run-1'],
      },
    ],
    [
      'of a state that nobody knows',
      examine('REBALANCING' as ConnectionState, [], { keyTest: keyTest('skipped', 'not tested') }),
      {
        isWell: null,
        verdict: 'this version of cks does not know what it is: its ConnectionState is REBALANCING; not tested',
        next: ['cks describe'],
      },
    ],
    [
      'that is offline, where a login has to be accepted',
      examine('DISCONNECTED', [], { reconnectRisks: ['login'] }),
      {
        isWell: false,
        verdict: 'it is DISCONNECTED, and no key in it can be used',
        next: ['cks reconnect cks-1 --accept login'],
      },
    ],
    [
      'that works as long as it is not connected again',
      examine('CONNECTED', [found('failed'), found('failed', 'cluster-network')]),
      {
        isWell: false,
        verdict:
          'it is CONNECTED, but another connect would fail: cloudhsm-cluster and cluster-network; its keys work now',
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
        verdict: 'it is DISCONNECTED, and no key in it can be used; what cloudhsm-cluster found must be fixed first',
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
      examine('DISCONNECTED', [found('failed')], { unfinished: { runId: 'run-1' } }),
      { isWell: false, verdict: 'run run-1 has not ended, and left it DISCONNECTED', next: ['cks resume run-1'] },
    ],
  ])('%s', (_, diagnosis, expected) => {
    expect(diagnosis).toEqual(expected);
  });

  it('has a command for each connection error', () => {
    const commands = Object.entries(connectionErrors).flatMap(([connectionErrorCode, { appliesTo }]) =>
      (appliesTo === 'both' ? (['AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'] as const) : [appliesTo]).map((type) => {
        const failed = store('FAILED', { customKeyStoreType: type, connectionErrorCode });
        const { isWell, error, next } = diagnose({ ...nothingElse, store: failed });
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
        "AWS_CLOUDHSM USER_LOGGED_IN: cks reconnect",
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
