/** `--xks-proxy-connect-to ENDPOINT=ADDRESS`: the addresses of proxies, as seen from this machine; `old` and `new` stand for endpoints. */
import type { RunOptions } from '../../library/options.ts';
import { type OptionValues, readList, rejectValue } from './option-values.ts';

/** @throws {InvalidInputError} */
export function readConnectTo(optionValues: OptionValues): Pick<RunOptions, 'xksProxyConnectTo'> {
  const pairs = readList(optionValues, 'xks-proxy-connect-to').map((text) => {
    const [, endpoint, address] = /^([^=]+)=(.+)$/.exec(text) ?? [];
    if (endpoint !== undefined && address !== undefined) return [endpoint, address];
    throw rejectValue(
      'xks-proxy-connect-to',
      text,
      'ENDPOINT=ADDRESS, such as https://proxy.example.com=127.0.0.1:8443',
    );
  });
  return pairs.length === 0 ? {} : { xksProxyConnectTo: Object.fromEntries(pairs) };
}
