/** The port to CreateKey and CreateAlias, made of a sender. */

import type { CanaryKeys } from '../../ports/canary-keys.ts';
import type { Clock } from '../../ports/clock.ts';
import { sendWithRetry } from '../retry.ts';
import { readKey } from './list-keys.ts';
import { createPace, type Pace } from './pace.ts';
import type { Send } from './send.ts';

export function createCanaryKeys(
  send: Send,
  clock: Clock,
  pace: Pace = createPace(clock),
  maxTries?: number,
): CanaryKeys {
  const change = <T>(
    operation: 'CreateKey' | 'CreateAlias',
    input: Readonly<Record<string, unknown>>,
    read: (output: Readonly<Record<string, unknown>>) => T,
  ) =>
    sendWithRetry(
      'mutation',
      async () => {
        await pace(operation);
        return { value: read((await send(operation, input)).output) };
      },
      { maxTries },
    );

  return {
    create({ customKeyStoreId, origin, xksKeyId, description, policy }) {
      const input = {
        CustomKeyStoreId: customKeyStoreId,
        Origin: origin,
        ...(xksKeyId === undefined ? {} : { XksKeyId: xksKeyId }),
        Description: description,
        Policy: policy,
      };
      return change('CreateKey', input, readKey);
    },

    createAlias: (AliasName, TargetKeyId) => change('CreateAlias', { AliasName, TargetKeyId }, () => null),
  };
}
