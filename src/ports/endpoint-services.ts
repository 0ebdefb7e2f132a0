/** What a check needs of Amazon VPC: endpoint services, as accounts that may use them see them, and as their owners do. */
import type { Answer } from './answer.ts';

export interface EndpointService {
  readonly serviceId: string;
  /** The account that it belongs to. */
  readonly owner: string;
  /** `Interface` stands for a network load balancer. */
  readonly types: readonly string[];
  readonly availabilityZones: readonly string[];
  /** `ipv4` and `ipv6`; absent: EC2 does not say. */
  readonly ipAddressTypes?: readonly string[];
  readonly acceptanceRequired: boolean;
  readonly privateDnsName?: string;
  readonly privateDnsNameState?: string;
}

export interface EndpointServices {
  /** null: this account sees no service of that name in this Region. */
  describe(serviceName: string, signal?: AbortSignal): Promise<Answer<EndpointService | null>>;
  /** The principals that may use it, `*` for all; null if this account may not see them. */
  listPrincipals(serviceId: string, signal?: AbortSignal): Promise<Answer<readonly string[] | null>>;
}
