import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/domain/change.ts';
import { outcomes, type RunResult } from '../../src/domain/outcome.ts';
import { makePlan } from '../../src/domain/plan.ts';
import { defaultPolicy, type Policy, type Risk } from '../../src/domain/policy.ts';
import { describeProperty, type PropertyName } from '../../src/domain/properties.ts';
import { crashAndResume, findLies, runThrough } from '../support/crash.ts';
import type { Scenario } from '../support/scenario.ts';
import { callAsSomebodyElse } from '../support/scenario.ts';
import {
  addCloudHsm,
  addClusterFromOldBackup,
  addExternal,
  clusters,
  newEndpoint,
  newReference,
} from '../support/stores.ts';
import type { World } from '../support/world.ts';

const states = ['CONNECTED', 'CONNECTING', 'FAILED', 'DISCONNECTED', 'DISCONNECTING'] as const;
const operations = [
  'DescribeCustomKeyStores',
  'UpdateCustomKeyStore',
  'ConnectCustomKeyStore',
  'DisconnectCustomKeyStore',
];
const riskWords = ['outage', 'no-rollback', 'unproven-keys', 'login'] as const;

const fault = fc.record({
  operation: fc.constantFrom(...operations),
  name: fc.constantFrom(
    'ConnectionReset',
    'NoAnswer',
    'ThrottlingException',
    'KMSInternalException',
    'AccessDeniedException',
    'CustomKeyStoreInvalidStateException',
  ),
  times: fc.integer({ min: 1, max: 4 }),
  afterEffect: fc.boolean(),
  atMs: fc.integer({ min: 0, max: 60_000 }),
});

const script = fc.record({
  isExternal: fc.boolean(),
  state: fc.constantFrom(...states),
  errorCode: fc.constantFrom('NETWORK_ERRORS', 'INVALID_CREDENTIALS', 'INTERNAL_ERROR'),
  properties: fc.uniqueArray(fc.integer({ min: 0, max: 4 }), { maxLength: 2 }),
  accept: fc.subarray([...riskWords]),
  path: fc.constantFrom('auto', 'live', 'offline'),
  finalState: fc.constantFrom('restore', 'connected', 'disconnected'),
  intent: fc.constantFrom('update', 'update', 'reconnect'),
  faults: fc.array(fault, { maxLength: 3 }),
  connectFailures: fc.array(fc.constantFrom('NETWORK_ERRORS', 'INVALID_CREDENTIALS', 'INTERNAL_ERROR'), {
    maxLength: 3,
  }),
  staleReadsForMs: fc.constantFrom(0, 0, 3_000, 20_000),
  hand: fc.option(
    fc.record({
      operation: fc.constantFrom('ConnectCustomKeyStore', 'DisconnectCustomKeyStore'),
      atMs: fc.integer({ min: 0, max: 60_000 }),
    }),
    { freq: 4 },
  ),
  stopAtMs: fc.option(fc.integer({ min: 0, max: 60_000 }), { freq: 3 }),
  crash: fc.option(fc.record({ at: fc.integer({ min: 0, max: 20 }), isKept: fc.boolean() }), { freq: 2 }),
});

type Script = typeof script extends fc.Arbitrary<infer S> ? S : never;

function chooseChange(world: World, { isExternal, properties }: Script): Change {
  const offers: readonly Change[] = isExternal
    ? [
        { NewCustomKeyStoreName: 'renamed' },
        { XksProxyUriPath: '/new/kms/xks/v1' },
        { XksProxyUriEndpoint: newEndpoint },
        { XksProxyAuthenticationCredential: newReference },
        { XksProxyAuthenticationCredential: newReference, XksProxyUriEndpoint: newEndpoint },
      ]
    : [
        { NewCustomKeyStoreName: 'renamed' },
        { CloudHsmClusterId: clusters(world).second },
        { CloudHsmClusterId: addClusterFromOldBackup(world) },
        { KeyStorePassword: 'env:PASSWORD' },
        { CloudHsmClusterId: clusters(world).second, NewCustomKeyStoreName: 'renamed' },
      ];
  return Object.assign({}, ...properties.map((at) => offers[at]));
}

function toScenario(given: Script): Scenario {
  return {
    name: 'random',
    outcome: 'updated',
    arrange(world) {
      const { clock, simulator } = world;
      const description = { ConnectionState: given.state, ConnectionErrorCode: given.errorCode as 'NETWORK_ERRORS' };
      const store = given.isExternal ? addExternal(world, description) : addCloudHsm(world, description);
      simulator.staleReadsForMs = given.staleReadsForMs;
      for (const code of given.connectFailures) simulator.failNextConnect(store, code as 'NETWORK_ERRORS');
      const startMs = clock.now();
      for (const { operation, name, times, afterEffect, atMs } of given.faults) {
        const statusCode = name === 'KMSInternalException' ? 500 : 400;
        clock.at(startMs + atMs, () =>
          simulator.failNext(
            operation,
            { name, statusCode },
            {
              times,
              afterEffect:
                afterEffect &&
                name !== 'ThrottlingException' &&
                name !== 'AccessDeniedException' &&
                name !== 'CustomKeyStoreInvalidStateException',
            },
          ),
        );
      }
      const { hand, stopAtMs } = given;
      if (hand)
        clock.at(startMs + hand.atMs, () => callAsSomebodyElse(world, hand.operation, { CustomKeyStoreId: store }));
      if (stopAtMs !== null) clock.at(startMs + stopAtMs, () => world.stop.abort());
      return { store, change: chooseChange(world, given), policy: toPolicy(given) };
    },
  };
}

function toPolicy({ accept, path, finalState, intent }: Script): Policy {
  return { ...defaultPolicy, accept, path, finalState, intent } as Policy;
}

const isNeverLive = (name: string, type: 'AWS_CLOUDHSM' | 'EXTERNAL_KEY_STORE') =>
  describeProperty(name as PropertyName).live[type] === 'never';

/** Judges by what was sent and what is so, never by what the run says of itself alone. */
function findBrokenPromises(given: Script, { sent, simulator }: World, result: RunResult): string[] {
  const broken: string[] = [];
  const type = given.isExternal ? 'EXTERNAL_KEY_STORE' : 'AWS_CLOUDHSM';
  const accepted: readonly Risk[] = given.accept;
  for (const { operation, input, trueState, shownState, requestsInFlight } of sent) {
    const names = Object.keys(input).filter((key) => key !== 'CustomKeyStoreId');
    if (requestsInFlight > 1) broken.push('two requests at once');
    if (
      operation === 'UpdateCustomKeyStore' &&
      names.some((name) => isNeverLive(name, type)) &&
      shownState !== 'DISCONNECTED'
    ) {
      broken.push(`1: ${names.join(' ')} sent while the store was shown ${shownState}`);
    }
    if (
      operation === 'DisconnectCustomKeyStore' &&
      shownState === 'CONNECTED' &&
      !accepted.includes('outage') &&
      given.state === 'CONNECTED'
    ) {
      broken.push('2: an outage that nobody accepted');
    }
    if (operation !== 'DescribeCustomKeyStores' && (shownState === 'CONNECTING' || shownState === 'DISCONNECTING')) {
      broken.push(`9: ${operation} while the store was shown ${shownState} (${trueState})`);
    }
  }
  if (given.hand === null) {
    for (const { clusterId } of simulator.describeWorld().clusters) {
      const { badLogins } = simulator.cluster(clusterId).kmsuser;
      if (badLogins > 1) broken.push(`8: ${badLogins} bad logins on one cluster`);
    }
  }
  if (!(result.outcome in outcomes)) broken.push(`3: no outcome: ${result.outcome}`);
  return broken;
}

describe('whatever befalls a run, crashes and stops among it', () => {
  it('keeps the promises', async () => {
    await fc.assert(
      fc.asyncProperty(script, async (given) => {
        const scenario = toScenario(given);
        const end = given.crash ? await crashAndResume(scenario, given.crash) : await runThrough(scenario);
        expect(findBrokenPromises(given, end.world, end.result)).toEqual([]);
        if (given.hand === null) expect(findLies(end)).toEqual([]);
      }),
      { numRuns: 1_500, seed: 20261124 },
    );
  }, 120_000);

  it('ends in the wanted state with exit 0, where nobody else acts', async () => {
    await fc.assert(
      fc.asyncProperty(script, async (given) => {
        const scenario = toScenario({ ...given, hand: null });
        const { result, world } = await runThrough(scenario);
        if (result.outcome !== 'updated') return;
        const wanted = makePlan(result.before ?? raise(), { change: {}, previous: {}, policy: toPolicy(given) });
        const state = world.simulator.store(result.customKeyStoreId).ConnectionState;
        if (given.finalState !== 'restore') expect(state).toBe(wanted.wantedState);
        expect(['CONNECTED', 'DISCONNECTED']).toContain(state);
        if (given.state === 'CONNECTED' && given.finalState === 'restore') expect(state).toBe('CONNECTED');
      }),
      { numRuns: 500, seed: 1 },
    );
  }, 120_000);
});

function raise(): never {
  throw new Error('an updated store has been described');
}
