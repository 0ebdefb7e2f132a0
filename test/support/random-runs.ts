/** Runs at random: any store, any change, with faults, foreign hands, stops and crashes. Seeded by fast-check. */
import fc from 'fast-check';
import type { Change } from '../../src/domain/change.ts';
import { defaultPolicy, type Policy } from '../../src/domain/policy.ts';
import type { Readings } from '../../src/simulator/index.ts';
import type { Terms } from './promises.ts';
import { callAsSomebodyElse, type Scenario } from './scenario.ts';
import {
  addCloudHsm,
  addClusterFromOldBackup,
  addExternal,
  clusters,
  newEndpoint,
  newReference,
  privateService,
} from './stores.ts';
import { arrangeTrouble, troubleKinds } from './troubles.ts';
import type { World } from './world.ts';

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

/** All that may befall a run: where it begins, what is asked, what fails, who interferes, when it dies. */
export const scripts = fc.record({
  isExternal: fc.boolean(),
  isPrivate: fc.boolean(),
  state: fc.constantFrom(...states),
  errorCode: fc.constantFrom('NETWORK_ERRORS', 'INVALID_CREDENTIALS', 'INTERNAL_ERROR'),
  properties: fc.uniqueArray(fc.integer({ min: 0, max: 5 }), { maxLength: 2 }),
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
  trouble: fc.option(
    fc.record({
      kind: fc.constantFrom(...troubleKinds),
      atMs: fc.integer({ min: 0, max: 60_000 }),
      forMs: fc.constantFrom(5_000, 120_000),
    }),
    { freq: 3 },
  ),
  stopAtMs: fc.option(fc.integer({ min: 0, max: 60_000 }), { freq: 3 }),
  crash: fc.option(fc.record({ at: fc.integer({ min: 0, max: 20 }), isKept: fc.boolean() }), { freq: 2 }),
});

export type Script = typeof scripts extends fc.Arbitrary<infer S> ? S : never;

const goPublic = { XksProxyConnectivity: 'PUBLIC_ENDPOINT', XksProxyUriEndpoint: newEndpoint } as const;
const goPrivate = {
  XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
  XksProxyUriEndpoint: newEndpoint,
  XksProxyVpcEndpointServiceName: privateService,
} as const;

function chooseChange(world: World, { isExternal, isPrivate, properties }: Script): Change {
  const offers: readonly Change[] = isExternal
    ? [
        { NewCustomKeyStoreName: 'renamed' },
        { XksProxyUriPath: '/new/kms/xks/v1' },
        { XksProxyUriEndpoint: newEndpoint },
        { XksProxyAuthenticationCredential: newReference },
        { XksProxyAuthenticationCredential: newReference, XksProxyUriEndpoint: newEndpoint },
        isPrivate ? goPublic : goPrivate,
      ]
    : [
        { NewCustomKeyStoreName: 'renamed' },
        { CloudHsmClusterId: clusters(world).second },
        { CloudHsmClusterId: addClusterFromOldBackup(world) },
        { KeyStorePassword: 'env:PASSWORD' },
        { CloudHsmClusterId: clusters(world).second, NewCustomKeyStoreName: 'renamed' },
        { CloudHsmClusterId: addClusterFromOldBackup(world), KeyStorePassword: 'env:PASSWORD' },
      ];
  return Object.assign({}, ...properties.map((at) => offers[at]));
}

export function toScenario(given: Script, readings: Partial<Readings> = {}): Scenario {
  return {
    name: 'random',
    simulator: { readings },
    outcome: 'updated',
    arrange(world) {
      const { clock, simulator } = world;
      const description = { ConnectionState: given.state, ConnectionErrorCode: given.errorCode as 'NETWORK_ERRORS' };
      const connectivity = given.isPrivate
        ? { XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE' as const, XksProxyVpcEndpointServiceName: privateService }
        : {};
      const store = given.isExternal
        ? addExternal(world, { ...description, ...connectivity })
        : addCloudHsm(world, description);
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
      const { hand, trouble, stopAtMs } = given;
      if (trouble) arrangeTrouble(world, trouble);
      if (hand)
        clock.at(startMs + hand.atMs, () => callAsSomebodyElse(world, hand.operation, { CustomKeyStoreId: store }));
      if (stopAtMs !== null) clock.at(startMs + stopAtMs, () => world.stop.abort());
      return { store, change: chooseChange(world, given), policy: toPolicy(given) };
    },
  };
}

export function toPolicy({ accept, path, finalState, intent }: Script): Policy {
  // A reconnect that shall end DISCONNECTED is refused as an input.
  const end = intent === 'reconnect' && finalState === 'disconnected' ? 'restore' : finalState;
  return { ...defaultPolicy, accept, path, finalState: end, intent } as Policy;
}

export function readTerms({ state, accept, hand }: Script): Terms {
  return { state, accepted: accept, hasForeignHand: hand !== null };
}
