/**
 * Until when KMS shows a client certificate to a proxy that insists on one. Source: developer guide, authorize-xks-key-store: new
 * external key stores must not require mTLS since 16 March 2026, and since 15 June 2026 KMS cannot reach a proxy that does.
 */
import type { ProxyRequest } from './protocol.ts';

const endsForNewStoresMs = Date.UTC(2026, 2, 16);
const endsMs = Date.UTC(2026, 5, 15);

export function showsCertificate({ kmsOperation }: Pick<ProxyRequest, 'kmsOperation'>, nowMs: number): boolean {
  return nowMs < (kmsOperation === 'CreateCustomKeyStore' ? endsForNewStoresMs : endsMs);
}
