/** Throttling as KMS does it: so many requests a second of each operation, for all callers in the account and Region. */

/** Requests a second, by operation; an operation without a row is not throttled. */
export type Rates = Readonly<Record<string, number>>;

/** Developer guide, "Request quotas" (requests-per-second), and the API reference of LookupEvents: the default values, each counted separately. */
export const documentedRates: Rates = {
  ConnectCustomKeyStore: 5,
  CreateCustomKeyStore: 5,
  CreateGrant: 50,
  CreateKey: 5,
  DeleteCustomKeyStore: 5,
  DescribeCustomKeyStores: 5,
  DescribeKey: 2_000,
  DisableKey: 5,
  DisconnectCustomKeyStore: 5,
  EnableKey: 5,
  GetKeyLastUsage: 5,
  GetKeyPolicy: 1_000,
  ListAliases: 500,
  ListGrants: 100,
  ListKeys: 500,
  LookupEvents: 2,
  UpdateCustomKeyStore: 5,
};

export interface Quotas {
  rates: Rates;
  /** Takes one request from the quota; false where it is used up. */
  take(operation: string, nowMs: number): boolean;
}

/** A bucket of tokens for each operation. It holds a second's worth, at least one, and fills with time. */
export function createQuotas(rates: Rates = {}): Quotas {
  const buckets = new Map<string, { tokens: number; atMs: number }>();
  const quotas: Quotas = {
    rates,
    take(operation, nowMs) {
      const rate = Object.hasOwn(quotas.rates, operation) ? quotas.rates[operation] : undefined;
      if (rate === undefined) return true;
      const size = Math.max(1, rate);
      const { tokens, atMs } = buckets.get(operation) ?? { tokens: size, atMs: nowMs };
      const filled = Math.min(size, tokens + (Math.max(0, nowMs - atMs) / 1_000) * rate);
      const isFree = filled >= 1;
      buckets.set(operation, { tokens: isFree ? filled - 1 : filled, atMs: nowMs });
      return isFree;
    },
  };
  return quotas;
}
