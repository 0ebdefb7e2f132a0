/** A page of a Describe as the AWS CLI shows it: members in the order of the API model, and dates as it writes them. */
import { InvalidInputError } from '../../run/errors.ts';
import type { Json, JsonObject } from './json.ts';
import { entryMembers, proxyMembers } from './operations.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * `format`: `cli_timestamp_format` of the AWS configuration. `wire`, which stands where it says nothing as in version 1,
 * gives seconds since 1970; `iso8601` the local time.
 *
 * @throws {InvalidInputError} when it is another
 */
export function createPageReader(format = 'wire'): (page: Members) => JsonObject {
  if (!['wire', 'none', 'iso8601'].includes(format)) {
    throw new InvalidInputError('cli_timestamp_format in the AWS configuration: expected none, wire or iso8601');
  }
  const toText = format === 'iso8601' ? toLocalTime : (date: Date) => date.getTime() / 1_000;
  const read = (value: unknown): Json => (value instanceof Date ? toText(value) : (value as Json));
  const request = (value: Members, names: readonly string[]): JsonObject => {
    const known = names.filter((name) => value[name] !== undefined);
    const others = Object.keys(value).filter((name) => !names.includes(name) && value[name] !== undefined);
    return Object.fromEntries([...known, ...others].map((name) => [name, read(value[name])]));
  };
  const readEntry = (entry: Members): JsonObject => {
    const { XksProxyConfiguration: proxy } = entry;
    const ordered = proxy === undefined ? {} : { XksProxyConfiguration: request(proxy as Members, proxyMembers) };
    return request({ ...entry, ...ordered }, entryMembers);
  };
  return ({ CustomKeyStores: stores = [], ...page }) => ({
    CustomKeyStores: (stores as readonly Members[]).map(readEntry),
    ...request(page, ['NextMarker', 'Truncated']),
  });
}

/** As Python's `isoformat`: `2026-11-25T02:17:20.511000+00:00`. */
function toLocalTime(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const two = (count: number) => String(count).padStart(2, '0');
  const local = new Date(date.getTime() + minutes * 60_000).toISOString();
  const fraction = date.getMilliseconds() === 0 ? '' : `${local.slice(19, 23)}000`;
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${local.slice(0, 19)}${fraction}${minutes < 0 ? '-' : '+'}${two(hours)}:${two(rest)}`;
}
