/** Where a cluster stands: ids that follow from its own, so that CloudHSM and EC2 speak of the same things. */
import { createHash } from 'node:crypto';
import type { Cluster } from '../../clusters.ts';

export interface Subnet {
  readonly id: string;
  readonly zone: string;
  readonly cidrBlock: string;
  readonly freeAddresses: number;
}

const roomy = 200;

export function vpcOf({ trustAnchorCertificate }: Cluster): string {
  return makeHexId('vpc', trustAnchorCertificate);
}

export function securityGroupOf({ id }: Cluster): string {
  return makeHexId('sg', id);
}

/** One in each zone; the first has the fewest free addresses. */
export function subnetsOf({ id, availabilityZones, freeAddresses }: Cluster): readonly Subnet[] {
  return availabilityZones.map((zone, at) => ({
    id: makeHexId('subnet', id, zone),
    zone,
    cidrBlock: `10.0.${at}.0/24`,
    freeAddresses: at === 0 ? freeAddresses : Math.max(freeAddresses, roomy),
  }));
}

export function makeHexId(kind: string, ...names: readonly string[]): string {
  return `${kind}-${hash(kind, names).toString('hex').slice(0, 17)}`;
}

/** As CloudHSM writes its ids. */
export function makeId(kind: string, ...names: readonly string[]): string {
  const letters = 'abcdefghijklmnopqrstuvwxyz234567';
  return `${kind}-${[...hash(kind, names).subarray(0, 11)].map((byte) => letters[byte % letters.length]).join('')}`;
}

function hash(kind: string, names: readonly string[]): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([kind, ...names]))
    .digest();
}
