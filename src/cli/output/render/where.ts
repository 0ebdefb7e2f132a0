/** Where a command looks and acts, in a line. */
import type { Where } from '../../../domain/where.ts';

/** `us-east-1, account 111122223333, SIMULATOR http://127.0.0.1:8080` */
export function renderWhere({ region, account, endpoint }: Where): string {
  const at = endpoint === null ? [] : [`${isLocal(endpoint) ? 'SIMULATOR' : 'endpoint'} ${endpoint}`];
  return [region, ...(account === 'unknown' ? [] : [`account ${account}`]), ...at].join(', ');
}

/** KMS itself is never reached without TLS. */
function isLocal(endpoint: string): boolean {
  return /^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|\/|$)/.test(endpoint);
}
