/** Names of what is locked and counted, for files and items: readable where that is safe, and never made from what a person named. */
import { createHash } from 'node:crypto';

/** Where a store is. `endpoint` stands for the account where that is `unknown`. */
export interface Place {
  readonly account: string;
  readonly region: string;
  readonly endpoint?: string;
}

/** `111122223333.us-east-1.cks-1234567890abcdef0` */
export function nameStore(place: Place, customKeyStoreId: string): string {
  return `${namePlace(place)}.${makeSafe(customKeyStoreId)}`;
}

/** `111122223333.us-east-1` */
export function namePlace({ account, region, endpoint }: Place): string {
  const owner = account === 'unknown' && endpoint !== undefined ? `endpoint-${digest(normalize(endpoint))}` : account;
  return [owner, region].map(makeSafe).join('.');
}

/** `cks-1234567890abcdef0`: an id that is unique in AWS. Stores of simulators are kept apart by their URLs. */
export function nameAlone(id: string, simulator?: string): string {
  return `${makeSafe(id)}${simulator === undefined ? '' : nameScope(simulator)}`;
}

/** What the name of everything in a simulator ends with. */
export function nameScope(simulator: string): string {
  return `.endpoint-${digest(normalize(simulator))}`;
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
