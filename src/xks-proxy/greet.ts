/** Connects to a proxy and reads its certificate. No request is sent, so that a wrong certificate may be read too. */
import { connect as connectTcp, type LookupFunction, type Socket } from 'node:net';
import { checkServerIdentity, connect as connectTls, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import type { ChainLink, NoReply, ProxyCertificate, ProxyGreeting } from '../ports/xks-proxy.ts';
import { type Address, serverName } from './address.ts';
import { nameTrouble, rejectsMissingCertificate } from './trouble.ts';
import { type Trust, wasAdded } from './trust.ts';

/**
 * In TLS 1.3 a server rejects a missing client certificate only after the handshake is over for the client. One that accepts it
 * usually sends a session ticket; for one that sends none, this is how long a rejection is waited for, in milliseconds.
 */
const rejectionMs = 500;

/** An alert without anything before it; whatever is longer has the server's part of the handshake. */
const alertBytes = 7;

export interface Reach {
  readonly address: Address;
  readonly trust: Trust;
  readonly lookup: LookupFunction;
  readonly nowMs: number;
}

export function greet(
  { address, trust, lookup, nowMs }: Reach,
  end: (greeting: ProxyGreeting) => void,
  over: AbortSignal,
): void {
  const { host, port, family, isPlain, name } = address;
  const tcp = connectTcp({ host, port, lookup, ...(family ? { family } : {}) });
  const fail = (error: Error) => {
    const trouble = nameTrouble(error);
    const isRejected = rejectsMissingCertificate(error) && tcp.bytesRead > alertBytes;
    end(isRejected ? { ...trouble, trouble: 'clientCertificate' } : trouble);
  };
  const watch = (socket: Socket) => {
    socket.on('error', fail);
    socket.once('close', () => end({ kind: 'failed', trouble: 'closed', detail: 'the connection was closed' }));
  };
  over.addEventListener('abort', () => tcp.destroy(), { once: true });
  watch(tcp);
  if (isPlain) {
    tcp.once('connect', () => end({ kind: 'met', certificate: null }));
    return;
  }
  const { secureContext } = trust;
  const socket = connectTls({ socket: tcp, servername: serverName(name), secureContext, rejectUnauthorized: false });
  watch(socket);
  socket.once('secureConnect', () => {
    const greeting = readGreeting(socket, name, trust, nowMs);
    if (socket.getProtocol() !== 'TLSv1.3') return end(greeting);
    socket.once('session', () => end(greeting));
    const timer = setTimeout(() => end(greeting), rejectionMs);
    over.addEventListener('abort', () => clearTimeout(timer), { once: true });
  });
}

function readGreeting(socket: TLSSocket, name: string, trust: Trust, nowMs: number): ProxyGreeting | NoReply {
  const certificate = socket.getPeerCertificate(true);
  // An empty object stands for a handshake without one.
  if (certificate.valid_to === undefined) return { kind: 'failed', trouble: 'tlsRefused', detail: 'no certificate' };
  const chain = listChain(certificate);
  return {
    kind: 'met',
    certificate: {
      names: readNames(certificate),
      commonNameFits: fits(name, { subject: certificate.subject }),
      expiresAtMs: Date.parse(certificate.valid_to),
      chain: chain.map(({ fingerprint256 }): ChainLink => {
        const sha256 = fingerprint256.replaceAll(':', '');
        return { sha256, isAdded: wasAdded(trust, sha256) };
      }),
      issuer: nameIssuer(chain.at(-1) ?? certificate),
      flaw: findFlaw(certificate, name, nowMs, socket.authorized ? '' : String(socket.authorizationError)),
    },
  };
}

/** From the certificate of the proxy on. A root is its own issuer. */
function listChain(certificate: DetailedPeerCertificate): readonly DetailedPeerCertificate[] {
  const chain = [certificate];
  for (let next = certificate.issuerCertificate; next; next = next.issuerCertificate) {
    if (chain.some(({ fingerprint256 }) => fingerprint256 === next.fingerprint256)) break;
    chain.push(next);
  }
  return chain;
}

/** By common name, else by what else its name has. */
function nameIssuer({ issuer }: DetailedPeerCertificate): string {
  const { CN, OU, O } = issuer as Readonly<Partial<Record<'CN' | 'OU' | 'O', string | string[]>>>;
  return [CN ?? OU ?? O ?? 'an unnamed CA'].flat()[0] ?? '';
}

/** `error`: OpenSSL's name for what is wrong with the chain; empty where nothing is. */
function findFlaw(
  certificate: DetailedPeerCertificate,
  name: string,
  nowMs: number,
  error: string,
): ProxyCertificate['flaw'] {
  if (Date.parse(certificate.valid_to) < nowMs || error === 'CERT_HAS_EXPIRED') return 'expired';
  if (Date.parse(certificate.valid_from) > nowMs || error === 'CERT_NOT_YET_VALID') return 'notYetValid';
  if (!fits(name, certificate)) return 'wrongName';
  if (error === '') return null;
  return error === 'DEPTH_ZERO_SELF_SIGNED_CERT' ? 'selfSigned' : 'unverified';
}

/** Node.js goes by alternative names where there are any, else by the common name. */
function fits(name: string, certificate: Pick<DetailedPeerCertificate, 'subject'>): boolean {
  return checkServerIdentity(name, certificate as DetailedPeerCertificate) === undefined;
}

function readNames({ subject, subjectaltname = '' }: DetailedPeerCertificate): readonly string[] {
  const alternatives = [...subjectaltname.matchAll(/(?:DNS|IP Address):([^,\s]+)/g)].map(([, name]) => name ?? '');
  const common = [subject?.CN ?? []].flat();
  return [...new Set([...common, ...alternatives])];
}
