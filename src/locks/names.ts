/** Names of the files in the folder of locks: readable where that is safe, and never made from what a person named. */
import { createHash } from 'node:crypto';

/** Where a store is. `endpoint` stands for the account where that is `unknown`. */
export interface Place {
  readonly account: string;
  readonly region: string;
  readonly endpoint?: string;
}

/** `111122223333.us-east-1.cks-1234567890abcdef0.lock` */
export function nameLock({ account, region, endpoint }: Place, customKeyStoreId: string): string {
  const owner = account === 'unknown' && endpoint !== undefined ? `endpoint-${digest(normalize(endpoint))}` : account;
  return `${[owner, region, customKeyStoreId].map(makeSafe).join('.')}.lock`;
}

/** `cluster-1a23b4cdefg.logins.json`; the clusters of a simulator are told apart by where it listens. */
export function nameLogins(clusterId: string, simulator?: string): string {
  const scope = simulator === undefined ? '' : `.endpoint-${digest(normalize(simulator))}`;
  return `${makeSafe(clusterId)}${scope}.logins.json`;
}

function makeSafe(part: string): string {
  return /^[\w-]{1,64}$/.test(part) ? part : `other-${digest(part)}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** `HTTPS://KMS.example.com:443` and `https://kms.example.com/` are one place. */
function normalize(endpoint: string): string {
  return URL.canParse(endpoint) ? new URL(endpoint).href : endpoint;
}
