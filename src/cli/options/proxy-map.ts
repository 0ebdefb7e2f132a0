/** Where real proxies listen, pair by pair: `ENDPOINT=URL`. */
import { type OptionValues, readList, rejectValue } from './option-values.ts';
import type { OptionName } from './options.ts';

export interface MappedProxy {
  readonly endpoint: string;
  /** Without a path. */
  readonly address: string;
}

const form = /^(https:\/\/[a-zA-Z0-9.-]+)=(https?:\/\/[^/?#@\s]+)\/?$/;

/** @throws {InvalidInputError} */
export function readProxyMap(optionValues: OptionValues, name: OptionName): readonly MappedProxy[] {
  return readList(optionValues, name).map((pair) => {
    const [, endpoint, address] = form.exec(pair) ?? [];
    if (endpoint !== undefined && address !== undefined && URL.canParse(address)) return { endpoint, address };
    throw rejectValue(name, pair, 'ENDPOINT=URL, such as https://proxy.example.com=http://127.0.0.1:8000');
  });
}
