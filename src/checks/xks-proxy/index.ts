/** The checks of an external key store's proxy: that it answers, that it has the keys, and that they are the same. */
import type { Previous } from '../../domain/restorability.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Secrets } from '../../ports/secrets.ts';
import type { XksProxy } from '../../ports/xks-proxy.ts';
import type { BuiltInCheck } from '../rights.ts';
import { createExternalKeysCheck } from './external-keys.ts';
import type { ListKeys } from './inventory.ts';
import { createProxyCheck } from './proxy.ts';
import { createSameKeysCheck } from './same-keys.ts';
import { createFindSources } from './sources.ts';

export interface XksProxyCheckPorts {
  readonly proxy: XksProxy;
  readonly secrets: Secrets;
  readonly listKeys: ListKeys;
  readonly clock: Pick<Clock, 'now'>;
}

/** `previous`: the credential in force, where the operator gave it. */
export function createXksProxyChecks(
  { previous }: { readonly previous: Previous },
  { proxy, secrets, listKeys, clock }: XksProxyCheckPorts,
): readonly BuiltInCheck[] {
  const findSources = createFindSources(previous, secrets);
  const ports = { proxy, findSources, listKeys, clock };
  return [createProxyCheck(proxy, findSources, clock), createExternalKeysCheck(ports), createSameKeysCheck(ports)];
}
