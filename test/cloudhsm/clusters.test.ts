import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Neighbours, serveNeighbours, startedAtMs } from '../support/neighbours.ts';

let around: Neighbours;

beforeAll(async () => {
  around = await serveNeighbours();
});

afterAll(() => around.close());

describe('clusters as CloudHSM tells of them', () => {
  it('are those that were asked for and exist', async () => {
    const { clusters, ids } = around;
    const answer = await clusters.describe([ids.restored, 'cluster-nowherenowh']);
    expect(answer).toEqual({
      ok: true,
      value: [
        {
          clusterId: ids.restored,
          state: 'ACTIVE',
          hsmType: 'hsm2m.medium',
          hsms: [
            { state: 'ACTIVE', availabilityZone: 'us-east-1a' },
            { state: 'ACTIVE', availabilityZone: 'us-east-1b' },
          ],
          subnets: { 'us-east-1a': expect.stringMatching(/^subnet-/), 'us-east-1b': expect.stringMatching(/^subnet-/) },
          securityGroupId: expect.stringMatching(/^sg-/),
          certificate: expect.stringMatching(/^-----BEGIN CERTIFICATE-----/),
          sourceBackupId: expect.stringMatching(/^backup-/),
        },
      ],
    });
  });
});
