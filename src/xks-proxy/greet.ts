/** Connects to a proxy and looks at its certificate. Nothing is sent, so that a wrong one may be looked at too. */
import { connect as connectTcp, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type PeerCertificate, type TLSSocket } from 'node:tls';
import type { NoReply, ProxyCertificate, ProxyGreeting } from '../ports/xks-proxy.ts';
import { type Address, serverName } from './address.ts';
import { nameTrouble } from './trouble.ts';

/** As KMS speaks it. Source: XKS proxy API specification 1.0.3, "TLS". */
export const tlsOfKms = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
  ].join(':'),
} as const;

/** `authorities`: whom to trust in the place of those that Node.js trusts, in PEM. */
export function greet(
  { host, port, isPlain, name }: Address,
  { authorities, nowMs }: { readonly authorities: string | undefined; readonly nowMs: number },
  end: (greeting: ProxyGreeting) => void,
  over: AbortSignal,
): void {
  const trust = authorities === undefined ? {} : { ca: authorities };
  const socket: Socket = isPlain
    ? connectTcp({ host, port }, () => end({ kind: 'met', certificate: null }))
    : connectTls({ host, port, servername: serverName(name), ...tlsOfKms, ...trust, rejectUnauthorized: false });
  socket.once('secureConnect', () => end(readGreeting(socket as TLSSocket, name, nowMs)));
  socket.on('error', (error) => end(nameTrouble(error)));
  socket.once('close', () => end({ kind: 'failed', trouble: 'closed', detail: 'the connection was closed' }));
  over.addEventListener('abort', () => socket.destroy(), { once: true });
}

function readGreeting(socket: TLSSocket, name: string, nowMs: number): ProxyGreeting | NoReply {
  const certificate = socket.getPeerCertificate();
  // An empty object stands for a handshake without one.
  if (certificate.valid_to === undefined) return { kind: 'failed', trouble: 'tlsRefused', detail: 'no certificate' };
  const flaw = findFlaw(certificate, name, nowMs, socket.authorized ? '' : String(socket.authorizationError));
  return {
    kind: 'met',
    certificate: { names: readNames(certificate), expiresAtMs: Date.parse(certificate.valid_to), flaw },
  };
}

/** `error`: OpenSSL's name for what is wrong with the chain; empty where nothing is. */
function findFlaw(certificate: PeerCertificate, name: string, nowMs: number, error: string): ProxyCertificate['flaw'] {
  if (Date.parse(certificate.valid_to) < nowMs || error === 'CERT_HAS_EXPIRED') return 'expired';
  if (Date.parse(certificate.valid_from) > nowMs || error === 'CERT_NOT_YET_VALID') return 'notYetValid';
  if (checkServerIdentity(name, certificate) !== undefined) return 'wrongName';
  if (error === '') return null;
  return error === 'DEPTH_ZERO_SELF_SIGNED_CERT' ? 'selfSigned' : 'stranger';
}

function readNames({ subject, subjectaltname = '' }: PeerCertificate): readonly string[] {
  const alternatives = [...subjectaltname.matchAll(/(?:DNS|IP Address):([^,\s]+)/g)].map(([, name]) => name ?? '');
  const common = [subject?.CN ?? []].flat();
  return [...new Set([...common, ...alternatives])];
}
