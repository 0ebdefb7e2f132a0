/** One page of DescribeCustomKeyStores as KMS answers it, for those who turn the pages themselves. */
import type { Reply } from '../../ports/kms.ts';
import type { Entry } from '../../ports/observations.ts';
import { sendWithRetry } from '../retry.ts';
import type { Pace } from './pace.ts';
import type { Send } from './send.ts';

/** `input`: as the API spells it. */
export type DescribePage = (input: Readonly<Record<string, unknown>>) => Promise<Reply<Entry>>;

export function createDescribePage(send: Send, pace: Pace, maxTries?: number): DescribePage {
  return (input) =>
    sendWithRetry(
      'read',
      async () => {
        await pace('DescribeCustomKeyStores');
        return { value: (await send('DescribeCustomKeyStores', input)).output };
      },
      { maxTries },
    );
}
