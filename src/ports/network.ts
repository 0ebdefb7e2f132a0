/** What a check needs of Amazon EC2: the network around a cluster. */
import type { Answer } from './answer.ts';

export interface Subnet {
  readonly subnetId: string;
  readonly availabilityZone: string;
  readonly freeAddresses: number;
}

/** A rule without ports is for all of them. */
export interface SecurityRule {
  /** `tcp`, or `-1` for all. */
  readonly protocol: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  /** The security groups on its other end. */
  readonly groupIds: readonly string[];
}

export interface SecurityGroup {
  readonly groupId: string;
  readonly inbound: readonly SecurityRule[];
  readonly outbound: readonly SecurityRule[];
}

export interface Network {
  /** Those of them that exist. */
  describeSubnets(subnetIds: readonly string[], signal?: AbortSignal): Promise<Answer<readonly Subnet[]>>;
  /** null: it does not exist. */
  describeSecurityGroup(groupId: string, signal?: AbortSignal): Promise<Answer<SecurityGroup | null>>;
}
