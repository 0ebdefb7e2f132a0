/**
 * How many requests KMS allows an account in a Region, and how many of them this process sends at most: others there need
 * the rest. Source: KMS developer guide, "Request quotas" (requests-per-second).
 */

/** Requests per second. `allowed`: for all callers in the account and Region together. `sent`: by this process at most. */
export interface Quota {
  readonly allowed: number;
  readonly sent: number;
}

export const quotas = {
  DescribeCustomKeyStores: { allowed: 5, sent: 1 },
  UpdateCustomKeyStore: { allowed: 5, sent: 2 },
  ConnectCustomKeyStore: { allowed: 5, sent: 2 },
  DisconnectCustomKeyStore: { allowed: 5, sent: 2 },
  CreateCustomKeyStore: { allowed: 5, sent: 2 },
  DeleteCustomKeyStore: { allowed: 5, sent: 2 },
  CreateKey: { allowed: 5, sent: 2 },
  CreateAlias: { allowed: 5, sent: 2 },
  EnableKey: { allowed: 5, sent: 4 },
  DisableKey: { allowed: 5, sent: 4 },
  GetKeyLastUsage: { allowed: 5, sent: 4 },
  ListKeys: { allowed: 500, sent: 125 },
  ListAliases: { allowed: 500, sent: 125 },
  DescribeKey: { allowed: 2_000, sent: 500 },
  ListGrants: { allowed: 100, sent: 25 },
  GetKeyPolicy: { allowed: 1_000, sent: 250 },
  // All cryptographic operations with the keys of one store count together, and this quota cannot be raised.
  Encrypt: { allowed: 1_800, sent: 450 },
  Decrypt: { allowed: 1_800, sent: 450 },
  GenerateRandom: { allowed: 1_800, sent: 10 },
} as const satisfies Readonly<Record<string, Quota>>;
