/** TLS as the proxies behind one port have it. */
import type { ServerOptions } from 'node:https';
import { createSecureContext, type SecureContext } from 'node:tls';
import { sameEndpoint } from '../external/proxy.ts';
import type { Simulator } from '../simulator.ts';
import { type Certificate, createSelfSigned } from './self-signed.ts';

const dayMs = 86_400_000;

/** `endpoint`: the only proxy there; undefined: the one that a client names. */
export function describeTls(
  simulator: Simulator,
  certificate: Certificate,
  endpoint: string | undefined,
): ServerOptions {
  const list = (name = endpoint) =>
    simulator.describeWorld().proxies.filter((proxy) => name === undefined || sameEndpoint(proxy.endpoint, name));
  const asks = list().some(({ asksClientCertificate }) => asksClientCertificate);
  return {
    ...certificate,
    minVersion: 'TLSv1.2',
    requestCert: asks,
    rejectUnauthorized: asks,
    SNICallback(host, answer) {
      const isValid = list(endpoint ?? `https://${host}`).every(({ tlsValid }) => tlsValid);
      answer(null, isValid ? undefined : makeExpired(host));
    },
  };
}

function makeExpired(host: string): SecureContext {
  const nowMs = Date.now();
  const notBefore = new Date(nowMs - 2 * dayMs);
  return createSecureContext(createSelfSigned({ hosts: [host], notBefore, notAfter: new Date(nowMs - dayMs) }));
}
