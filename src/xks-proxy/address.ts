/** Where a proxy is reached: as KMS reaches it, at its endpoint's host on port 443 over IPv4, or wherever the operator says. */
import { isIP } from 'node:net';
import type { Side } from '../ports/xks-proxy.ts';

export interface Address {
  readonly host: string;
  readonly port: number;
  /** The IP version to which it is restricted. */
  readonly family?: 4;
  /** Plain HTTP, for a proxy of a test bench. */
  readonly isPlain: boolean;
  /** The name that TLS is verified against and that requests are for: the endpoint's, wherever it is reached. */
  readonly name: string;
}

/**
 * Endpoint -> `HOST:PORT`, or a URL that begins with http:// for one without TLS. `old` and `new` stand for the endpoint in
 * force and for the one that is asked for, where both have one name.
 */
export type ConnectTo = Readonly<Record<string, string>>;

export function findAddress(endpoint: string, connectTo: ConnectTo, side: Side = 'old'): Address {
  const name = new URL(endpoint).hostname;
  const other = connectTo[side] ?? Object.entries(connectTo).find(([of]) => sameEndpoint(of, endpoint))?.[1];
  const own = { host: name, port: 443, isPlain: false, name };
  return other === undefined ? { ...own, family: 4 } : { ...own, ...parseAddress(other) };
}

/** Null where the text is neither `HOST:PORT` nor a URL of a host alone. */
export function parseAddress(text: string): Omit<Address, 'name'> | null {
  const whole = /^https?:\/\//.test(text) ? text : `https://${text}`;
  if (!URL.canParse(whole)) return null;
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(whole);
  if (`${username}${password}${search}${hash}` !== '' || pathname !== '/') return null;
  const isPlain = protocol === 'http:';
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || (isPlain ? 80 : 443)), isPlain };
}

/** What the handshake names the server; an address is never named in it. */
export function serverName(name: string): string {
  return isIP(name) === 0 ? name : '';
}

/** DNS names have no case. */
function sameEndpoint(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
