/** A secret in a key of the very store that would go offline, through the command. */
import { describe, expect } from 'vitest';
import { type Rehearsal, testHere as test } from '../support/command.ts';
import { connectedExternal } from '../support/stores.ts';

const canary = 'CANARYofTHEnewSECRETcanaryCANARYcanaryCANARY2';

function arrange({ simulator }: Rehearsal) {
  const id = simulator.addStore(connectedExternal);
  const key = simulator.addKey(id, { AliasName: 'alias/in-the-store' });
  const secretIn = (name: string, keyId?: string) => {
    const value = JSON.stringify({ AccessKeyId: 'NEWKEYNEWKEYNEWKEYNE', RawSecretAccessKey: canary });
    return simulator.addSecret({
      Name: name,
      SecretString: value,
      ...(keyId === undefined ? {} : { KmsKeyId: keyId }),
    });
  };
  const update = (arn: string, ...more: readonly string[]) => [
    ...[
      'update',
      'xks',
      '--yes',
      '--mode',
      'offline',
      '--accept',
      'outage,unverified-keys,no-rollback,unknown:xks-proxy',
    ],
    ...[
      '--xks-proxy-authentication-credential',
      `AccessKeyId=NEWKEYNEWKEYNEWKEYNE,RawSecretAccessKey=secretsmanager:${arn}`,
    ],
    ...more,
  ];
  return { id, key, secretIn, update };
}

describe.concurrent('a secret of the run', () => {
  test('a secret of the run in a key of the store that would go offline refuses the run', async ({ rehearsal }) => {
    const { key, secretIn, update } = arrange(rehearsal);
    const arn = secretIn('xks-proxy', key);

    const ended = await rehearsal.run(update(arn));

    expect([ended.exitCode, ended.json().outcome]).toEqual([3, 'refused']);
    expect(ended.stderr).toContain(`self-dependency: the secret ${arn} is encrypted with arn:aws:kms:`);
    expect(ended.stderr).toContain('aws secretsmanager update-secret --kms-key-id');
    expect(ended.stdout + ended.stderr).not.toContain(canary);
  });

  test('a secret of the run in another key does not, and in one that nobody may look at only where that is accepted', async ({
    rehearsal,
  }) => {
    const { secretIn, update } = arrange(rehearsal);
    const arn = secretIn('xks-proxy');

    const { simulator, run } = rehearsal;
    // The answer carries the Date of the simulated clock, so the SDK corrects its own, and the question is asked
    // again, three times at most.
    simulator.failNext('DescribeSecret', 'AccessDeniedException', { times: 3 });
    const refused = await run(update(arn));
    expect([refused.exitCode, refused.stderr]).toEqual([
      3,
      expect.stringContaining('--accept unknown:self-dependency'),
    ]);
    expect(refused.stdout).toContain('(secretsmanager:DescribeSecret)');

    const ended = await run(update(arn));
    expect(ended.json()).toMatchObject({ outcome: 'updated', mode: 'offline' });
    expect(ended.json().checks).toContainEqual(expect.objectContaining({ check: 'self-dependency', status: 'passed' }));
  });
});
