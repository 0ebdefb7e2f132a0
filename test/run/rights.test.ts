/** A role that lacks one right: nothing is disconnected that this role might not bring back, and the right is named. */
import { describe, expect, it } from 'vitest';
import { makeIamPolicy } from '../../src/checks/iam-policy.ts';
import type { RunResult } from '../../src/domain/outcome.ts';
import type { UpdateInput } from '../../src/run/prepare.ts';
import { runChecked } from '../support/run-with-checks.ts';
import { addCloudHsm, addExternal, clusters, newCredential, newEndpoint, privateService } from '../support/stores.ts';
import { createWorld, type World } from '../support/world.ts';

type Type = 'AWS_CLOUDHSM' | 'EXTERNAL_KEY_STORE';

/** A move that takes every right there is. */
const moves: Readonly<Record<Type, (world: World) => UpdateInput>> = {
  AWS_CLOUDHSM: (world) => ({
    customKeyStoreId: addCloudHsm(world, { keys: 2 }),
    change: { CloudHsmClusterId: clusters(world).second },
    accept: ['outage'],
  }),
  EXTERNAL_KEY_STORE: (world) => ({
    customKeyStoreId: addExternal(world, { keys: 2 }),
    change: {
      XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
      XksProxyUriEndpoint: newEndpoint,
      XksProxyVpcEndpointServiceName: privateService,
      XksProxyAuthenticationCredential: { AccessKeyId: newCredential.AccessKeyId, RawSecretAccessKey: 'env:NEW' },
    },
    accept: ['outage', 'unverified-keys', 'no-rollback', 'unknown:xks-proxy'],
  }),
};

/** Where that takes a right which the move alone does not. */
const detours: Readonly<Record<string, Partial<UpdateInput>>> = {
  'kms:CreateCustomKeyStore': { trialConnect: true },
  'kms:DeleteCustomKeyStore': { trialConnect: true },
  'kms:GenerateRandom': { canaryKeys: ['none'] },
};

/** Asked for where the store has many keys alone. */
const ofManyKeys = 'cloudwatch:GetMetricData';

async function runWithout(action: string, type: Type, more: Partial<UpdateInput> = {}) {
  const world = createWorld();
  const request = { ...moves[type](world), ...detours[action], ...more };
  if (action === ofManyKeys)
    for (let more = 0; more < 20; more += 1) world.simulator.addKey(`${request.customKeyStoreId}`);
  world.simulator.addVpcEndpointService({ name: privateService, privateDnsName: 'new.xks.example.com' });
  const { Keys: keys } = world.simulator.call('ListKeys', {}) as {
    readonly Keys: readonly { readonly KeyId: string }[];
  };
  world.simulator.call('Encrypt', { KeyId: keys[0]?.KeyId, Plaintext: 'AA==' });
  const operation = action.split(':')[1] ?? '';
  const fault = { name: 'AccessDeniedException', message: `not authorized to perform: ${action}` };
  world.simulator.failNext(operation, fault, { times: 'always' });
  const result = await runChecked(world, request, { NEW: newCredential.RawSecretAccessKey });
  const disconnects = world.sent.filter((sent) => sent.operation === 'DisconnectCustomKeyStore');
  return { result, world, disconnects };
}

/** All that somebody is told of a run. */
const told = (world: World, { reason, checks, keyVerification }: RunResult) =>
  JSON.stringify([reason, checks, keyVerification, world.events.filter(({ type }) => type === 'keys.unprepared')]);

const listActions = (type: Type) =>
  makeIamPolicy({ type, trialConnect: type === 'EXTERNAL_KEY_STORE' }).Statement.flatMap(({ Action }) => Action);

/** Without them a run knows less, and can do no less. */
const dispensable = [
  'kms:GetKeyLastUsage',
  'kms:ListAliases',
  ofManyKeys,
  'cloudhsm:DescribeBackups',
  'ec2:DescribeSubnets',
  'ec2:DescribeSecurityGroups',
  'ec2:DescribeVpcEndpointServicePermissions',
  // Of the proof: --require-key-verification makes them indispensable.
  'kms:Encrypt',
  'kms:Decrypt',
  'kms:GenerateRandom',
];

const rows = (['AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'] as const).flatMap((type) =>
  listActions(type).map((action) => [action, type] as const),
);

describe('a right that is missing', () => {
  it.each(rows.filter(([action]) => !dispensable.includes(action)))(
    '%s of a store of type %s refuses the run, with nothing disconnected',
    async (action, type) => {
      const { result, world, disconnects } = await runWithout(action, type);

      expect(result.outcome).toBe('refused');
      expect(disconnects).toEqual([]);
      expect(told(world, result)).toContain(action);
    },
  );

  it.each(rows.filter(([action]) => dispensable.includes(action)))(
    '%s of a store of type %s leaves a run that knows less, and says so',
    async (action, type) => {
      const { result, world } = await runWithout(action, type);

      expect(result.outcome).toBe('updated');
      expect(told(world, result)).toContain(action);
    },
  );

  it.each(['kms:Encrypt', 'kms:Decrypt'])('%s refuses the run where a proof is required', async (action) => {
    const { result, world, disconnects } = await runWithout(action, 'AWS_CLOUDHSM', { requireKeyVerification: true });

    expect(result).toMatchObject({ outcome: 'refused', reason: { code: 'KEYS_NOT_VERIFIABLE' } });
    expect(disconnects).toEqual([]);
    expect(told(world, result)).toContain(action);
  });
});
