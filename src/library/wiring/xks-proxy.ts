/** How this process reaches the proxies of external keys. */
import { properties } from '../../domain/properties.ts';
import { systemClock } from '../../hosts/system-clock.ts';
import type { XksProxy } from '../../ports/xks-proxy.ts';
import { InvalidInputError } from '../../run/errors.ts';
import { parseAddress } from '../../xks-proxy/address.ts';
import { createXksProxy } from '../../xks-proxy/xks-proxy.ts';
import type { RunOptions } from '../options.ts';

/** `region`: of KMS, whose requests are signed for it. @throws {InvalidInputError} */
export function openXksProxy(options: Pick<RunOptions, 'xksProxyConnectTo' | 'trusted'>, region: string): XksProxy {
  const { xksProxyConnectTo: connectTo = {}, trusted } = options;
  const { pattern, rule } = properties.XksProxyUriEndpoint.text.says;
  for (const [endpoint, address] of Object.entries(connectTo)) {
    if (!['old', 'new'].includes(endpoint) && !pattern.test(endpoint))
      throw new InvalidInputError(`xksProxyConnectTo: an endpoint ${rule}: "${endpoint}"`);
    if (parseAddress(address) === null)
      throw new InvalidInputError(`xksProxyConnectTo: the address for ${endpoint} is HOST:PORT or http://HOST:PORT`);
  }
  const authorities = trusted === undefined ? {} : { authorities: trusted };
  try {
    return createXksProxy({ region, connectTo, now: systemClock.now, ...authorities });
  } catch (error) {
    throw new InvalidInputError(`trusted (--ca-bundle): a certificate cannot be read: ${(error as Error).message}`);
  }
}
