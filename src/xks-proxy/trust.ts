/** TLS as KMS speaks it, and whom this machine can verify: the CAs of Node.js, and those that the operator adds. */
import { X509Certificate } from 'node:crypto';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';

export interface Trust {
  readonly secureContext: SecureContext;
  /** SHA-256 of the certificates that the operator adds. */
  readonly added: ReadonlySet<string>;
}

/**
 * `region`: of KMS. `authorities`: the CAs that the operator adds, in PEM. Source: XKS proxy API specification 1.0.3, "TLS";
 * KMS Developer Guide, create-xks-keystore (GovCloud has no ChaCha20).
 *
 * @throws where `authorities` cannot be read
 */
export function createTrust(region: string, authorities: string | undefined): Trust {
  const ciphers = [
    'TLS_AES_256_GCM_SHA384',
    ...(region.startsWith('us-gov-') ? [] : ['TLS_CHACHA20_POLY1305_SHA256']),
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
  ].join(':');
  const added = splitPem(authorities ?? '');
  const ca = added.length > 0 ? { ca: [...rootCertificates, ...added] } : {};
  return {
    secureContext: createSecureContext({ minVersion: 'TLSv1.2', ciphers, ...ca }),
    added: new Set(added.map((pem) => new X509Certificate(pem).fingerprint256.replaceAll(':', ''))),
  };
}

export function wasAdded({ added }: Trust, sha256: string): boolean {
  return added.has(sha256);
}

function splitPem(text: string): readonly string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}
