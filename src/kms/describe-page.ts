/** One page of DescribeCustomKeyStores as KMS answers it, for those who turn the pages themselves. */
import type { Clock } from '../ports/clock.ts';
import type { Reply } from '../ports/kms.ts';
import type { Entry } from '../ports/observations.ts';
import { sendWithRetry } from './retry.ts';
import type { Send } from './send.ts';
import { createPace } from './shared-describe.ts';

/** `input`: as the API spells it. */
export type DescribePage = (input: Readonly<Record<string, unknown>>) => Promise<Reply<Entry>>;

export function createDescribePage(send: Send, clock: Clock): DescribePage {
  const takeTurn = createPace(clock);
  return (input) =>
    sendWithRetry('read', async () => {
      await takeTurn();
      return { value: (await send('DescribeCustomKeyStores', input)).output };
    });
}
