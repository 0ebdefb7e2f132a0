import { describe, expect } from 'vitest';
import { makeIamPolicy } from '../../src/checks/iam-policy.ts';
import { roleForm } from '../../src/domain/dead-mans-switch.ts';
import { testHere as test } from '../support/command.ts';

describe.concurrent('cks iam-policy', () => {
  test('prints the policy for what was chosen, and calls nothing', async ({ rehearsal: { run, simulator } }) => {
    const words = [
      '--type',
      'AWS_CLOUDHSM',
      '--without',
      'cluster-network',
      '--without',
      'key-verification',
      '--read-only',
    ];

    const { exitCode, json, stderr } = await run(['iam-policy', ...words]);

    expect(json()).toEqual(
      makeIamPolicy({ type: 'AWS_CLOUDHSM', without: ['cluster-network', 'key-verification'], readOnly: true }),
    );
    expect([exitCode, stderr, simulator.calls]).toEqual([0, '', []]);
  });

  test.for([
    [['--type', 'hsm'], 'cks: --type hsm: expected AWS_CLOUDHSM or EXTERNAL_KEY_STORE\n'],
    [
      ['--without', 'keyz'],
      expect.stringMatching(/^cks: --without keyz: expected account, .* or key-verification; did you mean keys\?\n$/),
    ],
    [['--account', '1234'], 'cks: --account 1234: expected the 12 digits of an account\n'],
    [['--region', '../x'], 'cks: --region ../x: expected a Region, such as eu-central-1\n'],
    [['--dead-mans-switch', 'connect'], `cks: --dead-mans-switch connect: expected ${roleForm}\n`],
    [['--secret', 'CANARY'], 'cks: --secret: expected the ARN of a secret in Secrets Manager\n'],
    [
      ['--type', 'AWS_CLOUDHSM', '--trial-connect'],
      'cks: --trial-connect is for external key stores: a cluster can be in one CloudHSM key store only\n',
    ],
  ] as const)('refuses %j with one line', async ([words, line], { rehearsal: { run } }) => {
    expect(await run(['iam-policy', ...words])).toMatchObject({ exitCode: 2, stderr: line });
  });
});
