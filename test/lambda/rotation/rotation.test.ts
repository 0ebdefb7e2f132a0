import { describe, expect, it } from 'vitest';
import { createRotationWorld } from '../../support/rotation-world.ts';

describe('a rotation', () => {
  it('calls all of this, in this order', async () => {
    const world = createRotationWorld();
    const told = await world.rotate('a');

    expect(told.map((one) => one && 'outcome' in one && [one.step, one.outcome, one.keyVerification])).toEqual([
      ['createSecret', 'done', undefined],
      ['setSecret', 'done', 'early'],
      ['testSecret', 'done', 'verified'],
      ['finishSecret', 'done', 'verified'],
    ]);
    expect(world.trace('everything')).toMatchInlineSnapshot(`
      [
        "a.createSecret: DescribeSecret",
        "a.createSecret: Get a→ResourceNotFoundException",
        "a.createSecret: Get 0",
        "a.createSecret: Describe→CONNECTED 0 ×2",
        "a.createSecret: Put a AWSPENDING",
        "a.setSecret: DescribeSecret",
        "a.setSecret: Get 0",
        "a.setSecret: Get a",
        "a.setSecret: Describe→CONNECTED 0",
        "a.setSecret: Move cks-begun-a -→a",
        "a.setSecret: hook.establish a",
        "a.setSecret: Get a",
        "a.setSecret: Get 0",
        "a.setSecret: Describe→CONNECTED 0",
        "a.setSecret: proxy.health a→200",
        "a.setSecret: ListKeys",
        "a.setSecret: proxy.health a→200",
        "a.setSecret: proxy.health 0→200",
        "a.setSecret: DescribeKey ×2",
        "a.setSecret: proxy.health a→401",
        "a.setSecret: proxy.health a (GET)→405",
        "a.setSecret: proxy.health 0→200",
        "a.setSecret: DescribeSecret",
        "a.setSecret: proxy.keys/external-key-1/metadata a→200",
        "a.setSecret: proxy.keys/external-key-2/metadata a→200",
        "a.setSecret: GetKeyLastUsage ×2",
        "a.setSecret: Encrypt→DryRunOperationException ×2",
        "a.setSecret: Decrypt→DryRunOperationException ×2",
        "a.setSecret: Encrypt ×2",
        "a.setSecret: Decrypt ×2",
        "a.setSecret: Put canaries cks-canaries",
        "a.setSecret: Update a",
        "a.setSecret: Decrypt ×2",
        "a.setSecret: Encrypt ×2",
        "a.setSecret: Decrypt ×2",
        "a.setSecret: Describe→CONNECTED a",
        "a.setSecret: Move cks-accepted-20261124T030002.880Z -→a",
        "a.testSecret: DescribeSecret",
        "a.testSecret: Get 0",
        "a.testSecret: Get a",
        "a.testSecret: Get canaries",
        "a.testSecret: Describe→CONNECTED a",
        "a.testSecret: Decrypt ×2",
        "a.finishSecret: DescribeSecret",
        "a.finishSecret: Get 0",
        "a.finishSecret: Get a",
        "a.finishSecret: Get canaries",
        "a.finishSecret: Describe→CONNECTED a ×2",
        "a.finishSecret: Decrypt ×2",
        "a.finishSecret: DescribeSecret",
        "a.finishSecret: Move cks-begun-0 -→0",
        "a.finishSecret: Describe→CONNECTED a",
        "a.finishSecret: Move AWSCURRENT 0→a",
        "a.finishSecret: DescribeSecret",
        "a.finishSecret: Describe→CONNECTED a",
        "a.finishSecret: hook.retire 0",
        "a.finishSecret: Move cks-begun-0 0→-",
        "a.finishSecret: Move cks-begun-a a→-",
        "a.finishSecret: Move cks-accepted-20261124T030002.880Z a→-",
      ]
    `);
    expect([world.labels(), world.taken(), world.inForce()]).toMatchInlineSnapshot(`
      [
        {
          "0": [
            "AWSPREVIOUS",
          ],
          "a": [
            "AWSPENDING",
            "AWSCURRENT",
          ],
          "canaries": [
            "cks-canaries",
          ],
        },
        [
          "a",
        ],
        "a",
      ]
    `);
  });
});
