/** Requests about one external key, as KMS would make them for its KMS key. */

import { randomUUID } from 'node:crypto';
import { readArn } from '../../domain/arn.ts';
import type { StoreKey } from '../../ports/keys.ts';
import type { ProxyReply, ProxyTrouble, XksProxy } from '../../ports/xks-proxy.ts';
import type { OpenSource } from './sources.ts';

export interface ExternalKey extends StoreKey {
  readonly xksKeyId: string;
}

export type AskKey = (
  source: OpenSource,
  key: ExternalKey,
  action: 'metadata' | 'encrypt' | 'decrypt',
  fields?: object,
) => Promise<ProxyReply>;

/** What another try may find gone; KMS asks again too. */
const passing: readonly ProxyTrouble[] = ['closed', 'noConnection', 'timedOut'];

const operations = { metadata: 'CreateKey', encrypt: 'Encrypt', decrypt: 'Decrypt' } as const;

export function createAskKey(proxy: XksProxy, signal: AbortSignal): AskKey {
  return async ({ endpoint, path, side, credential }, key, action, fields = {}) => {
    const { partition = 'aws', account = '' } = readArn(key.arn) ?? {};
    const requestMetadata = {
      awsPrincipalArn: `arn:${partition}:iam::${account}:root`,
      kmsOperation: operations[action],
      kmsRequestId: randomUUID(),
      ...(action === 'metadata' ? {} : { kmsKeyArn: key.arn }),
    };
    const resource = `keys/${key.xksKeyId}/${action}` as const;
    const request = {
      endpoint,
      path,
      side,
      resource,
      method: 'POST',
      credential,
      body: { requestMetadata, ...fields },
    } as const;
    const first = await proxy.ask(request, signal);
    const isPassing = first.kind === 'failed' && passing.includes(first.trouble) && !signal.aborted;
    const reply = isPassing ? await proxy.ask(request, signal) : first;
    return reply.kind === 'answered' ? { ...reply, principal: requestMetadata.awsPrincipalArn } : reply;
  };
}

export function isExternal(key: StoreKey): key is ExternalKey {
  return key.xksKeyId !== undefined;
}

/** `1234abcd-... (external key ledger)` */
export function nameKey({ keyId, xksKeyId }: ExternalKey): string {
  return `${keyId} (external key ${xksKeyId})`;
}
