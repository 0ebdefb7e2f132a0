/**
 * Rotation by AWS Secrets Manager of the credential that KMS signs its requests to an external key store proxy with.
 *
 * The secret is JSON with `AccessKeyId` and `RawSecretAccessKey`; its Lambda function is
 * `export const handler = createRotationHandler({ ... })`, with a timeout of 15 minutes. `makeRotationPolicy` is what it must
 * be allowed.
 */
import type { ProxyCredentials } from '../../ports/proxy-credentials.ts';
import { createHttpProxyCredentials } from './http-proxy-credentials.ts';
import type { RotationHandler, RotationOptions } from './options.ts';

export type { ProxyCredentials, ProxyTerms } from '../../ports/proxy-credentials.ts';
export { createHttpProxyCredentials, type HttpProxyCredentialsOptions } from './http-proxy-credentials.ts';
export type { RotationHandler, RotationOptions, StoreOfSecret } from './options.ts';
export { makeRotationPolicy, type RotationPolicyOptions } from './policy.ts';
export type { RotationContext, RotationEvent, RotationResult } from './rotate.ts';
export { RotationError, type RotationProblem } from './rotation-error.ts';

/**
 * Makes the handler of a rotation function. Each of its four steps may be called any number of times, and goes on where an
 * earlier call was cut off. Until AWSCURRENT is moved its credential works, at KMS or as what KMS can be set back to.
 *
 * - `createSecret` keeps a new credential as AWSPENDING, with the other members of the secret. It refuses a credential that
 *   another store uses, and retires what earlier rotations have left.
 * - `setSecret` has the proxy take it, sees that the proxy takes the old one too, and tells KMS, live.
 * - `testSecret` sees that KMS uses it and that the keys decrypt what they encrypted before; else KMS is set back. The test
 *   that Secrets Manager makes of a new configuration passes without an update.
 * - `finishSecret` waits until every host of KMS uses it (five minutes), proves the keys again, moves AWSCURRENT, and has
 *   the proxy take the old one no more, unless a store uses it. Where that fails the result and the log tell, and the next
 *   rotation does it.
 *
 * Which stores use a credential it sees in this account and Region, and in those of `otherPlaces`; a store of any other
 * place is not seen.
 *
 * What it has to remember between calls it keeps as staging labels of the secret, `cks-...`. With those of AWS it needs
 * ten of the 20 that a secret may have.
 *
 * The handler rejects with a {@link RotationError} where a step is not done; Secrets Manager calls again.
 */
export function createRotationHandler(options: RotationOptions): RotationHandler {
  const proxyCredentials = openHook(options.proxyCredentials);
  // Begun at once, as the time in which a function is made ready costs nothing; a caller that only imports this loads nothing.
  const opened = import('./open.ts').then(({ openRotation }) => openRotation({ ...options, proxyCredentials }));
  // Told by each call.
  opened.catch(() => undefined);
  return async (event, context) => (await opened)(event, context);
}

/** @throws {TypeError} Callers in plain JavaScript have no compiler. */
function openHook(given: RotationOptions['proxyCredentials'] | undefined): ProxyCredentials {
  if (given && 'url' in given) return createHttpProxyCredentials(given);
  if (typeof given?.establish === 'function' && typeof given.retire === 'function') return given;
  throw new TypeError('proxyCredentials is an object with establish and retire, or with the url of an admin endpoint');
}
