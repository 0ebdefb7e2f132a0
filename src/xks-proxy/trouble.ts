/** What kept a proxy from answering, by the code that Node.js and OpenSSL give it. */
import type { NoReply, ProxyTrouble } from '../ports/xks-proxy.ts';

/** The first that fits; whatever else happens to a connection has closed it. */
const troubles: readonly (readonly [RegExp, ProxyTrouble])[] = [
  [/^(ENOTFOUND|EAI_\w+|ENODATA)$/, 'noName'],
  [/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ETIMEDOUT|EADDRNOTAVAIL|EACCES|EPERM)$/, 'noConnection'],
  [/^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|RECORD_LAYER_FAILURE)$/, 'notTls'],
  [/^ERR_SSL_(UNSUPPORTED_PROTOCOL|TLSV1_ALERT_PROTOCOL_VERSION)$/, 'oldTls'],
  [/^ERR_SSL_.*ALERT_CERTIFICATE_REQUIRED$/, 'clientCertificate'],
  [/^(ERR_SSL_|EPROTO)/, 'tlsRefused'],
  [/^(ERR_TLS_CERT|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_)/, 'certificate'],
  [/^HPE_/, 'notHttp'],
];

/**
 * How servers reject a handshake in which the client had no certificate. Where the alert comes before anything else of the
 * server, it means that they have no cipher in common.
 */
export function rejectsMissingCertificate(error: unknown): boolean {
  const { code } = error as { readonly code?: unknown };
  return /^ERR_SSL_.*ALERT_(HANDSHAKE_FAILURE|BAD_CERTIFICATE|CERTIFICATE_REQUIRED)$/.test(String(code));
}

export function nameTrouble(error: unknown): NoReply {
  const { code } = error as { readonly code?: unknown };
  const detail = typeof code === 'string' && code !== '' ? code : 'unknown error';
  return { kind: 'failed', trouble: troubles.find(([form]) => form.test(detail))?.[1] ?? 'closed', detail };
}
