/** The port to KMS, made of a sender. It translates, retries, and turns every expected failure into data. */
import { type ConnectionState, type CustomKeyStoreType, type KeyStore, readSettings } from '../../domain/key-store.ts';
import type { Operation } from '../../domain/outcome.ts';
import { turnPages } from '../../domain/pages.ts';
import { isListOf, isRecord } from '../../domain/shape.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Kms, Reply, UpdateValues } from '../../ports/kms.ts';
import type { Entry } from '../../ports/observations.ts';
import { sendWithRetry } from '../retry.ts';
import { UnreadableAnswerError } from '../unreadable-answer.ts';
import { readMarker } from './list-keys.ts';
import { createPace, type Pace } from './pace.ts';
import type { Send } from './send.ts';
import { createSharedDescribe, type DescribeSender } from './shared-describe.ts';

export interface KmsOptions {
  /** Makes the sender ask for AWS credentials anew; default: it always does. */
  readonly renewCredentials?: () => Promise<void>;
  /** Lets other processes have a part in each Describe. */
  readonly share?: ((send: DescribeSender) => DescribeSender) | undefined;
  /** Shared with whatever else this process asks of the same account and Region. */
  readonly pace?: Pace;
  /** How often a request is tried; default: as `retry` has it. */
  readonly maxTries?: number | undefined;
}

export function createKms(
  send: Send,
  clock: Clock,
  {
    renewCredentials = async () => undefined,
    share = (sender) => sender,
    pace = createPace(clock),
    maxTries,
  }: KmsOptions = {},
): Kms {
  const list = share((filter, signal) => listStores(send, pace, filter, signal));
  const shared = createSharedDescribe(list, pace, clock);

  const change = (
    operation: Exclude<Operation, 'DescribeCustomKeyStores' | 'CreateCustomKeyStore'>,
    CustomKeyStoreId: string,
    values: UpdateValues = {},
  ): Promise<Reply<null>> =>
    sendWithRetry(
      'mutation',
      async () => {
        await pace(operation);
        const { requestId } = await send(operation, { CustomKeyStoreId, ...values });
        return { value: null, ...(requestId === undefined ? {} : { requestId }) };
      },
      { sent: values, maxTries },
    );

  return {
    describe: (idOrName, signal) =>
      sendWithRetry('read', async () => ({ value: readStore(await shared.find(idOrName, signal)) }), {
        signal,
        maxTries,
      }),

    list: () => sendWithRetry('read', async () => ({ value: (await shared.list()).map(readStore) }), { maxTries }),

    async update(id, values) {
      const reply = await change('UpdateCustomKeyStore', id, values);
      const emptied = values.XksProxyVpcEndpointServiceName === '';
      if (reply.ok || !emptied || reply.failure.code !== 'ValidationException') return reply;
      // The reference asks for "a null or empty string", the API model for 20 characters: where "" is refused, leave it out.
      const { XksProxyVpcEndpointServiceName: _, ...others } = values;
      const second = await change('UpdateCustomKeyStore', id, others);
      return { ...second, calls: reply.calls + second.calls };
    },

    connect: (id) => change('ConnectCustomKeyStore', id),
    disconnect: (id) => change('DisconnectCustomKeyStore', id),
    delete: (id) => change('DeleteCustomKeyStore', id),

    create: (CustomKeyStoreName, values) =>
      sendWithRetry(
        'mutation',
        async () => {
          const input = { CustomKeyStoreName, CustomKeyStoreType: 'EXTERNAL_KEY_STORE', ...values };
          await pace('CreateCustomKeyStore');
          const { output, requestId } = await send('CreateCustomKeyStore', input);
          const value = output.CustomKeyStoreId as string;
          return { value, ...(requestId === undefined ? {} : { requestId }) };
        },
        { sent: values, maxTries },
      ),

    renewCredentials,
  };
}

/** An account has about ten stores, and each page takes a second in which a store may be offline. */
const mostPages = 100;

/** Every page: KMS may return fewer entries than it has, even none, and still say Truncated. */
async function listStores(
  send: Send,
  pace: Pace,
  filter: Readonly<Record<string, unknown>>,
  signal: AbortSignal | undefined,
): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  await turnPages<string>(
    async (marker) => {
      if (marker !== undefined) await pace('DescribeCustomKeyStores', signal);
      const input = { ...filter, ...(marker ? { Marker: marker } : {}) };
      const { output } = await send('DescribeCustomKeyStores', input, signal);
      entries.push(...readEntries(output.CustomKeyStores));
      return readMarker(output);
    },
    { most: mostPages },
  );
  return entries;
}

const isEntries = isListOf(isRecord);

/** @throws {UnreadableAnswerError} where there is no list, which KMS never leaves out: such an answer says nothing of any store. */
function readEntries(list: unknown): readonly Entry[] {
  if (isEntries(list)) return list;
  throw new UnreadableAnswerError('list of custom key stores');
}

export function readStore(entry: Entry): KeyStore {
  const code = entry.ConnectionErrorCode as string | undefined;
  return {
    customKeyStoreId: entry.CustomKeyStoreId as string,
    // Older answers lack the type: it was added together with external key stores.
    customKeyStoreType: (entry.CustomKeyStoreType as CustomKeyStoreType | undefined) ?? 'AWS_CLOUDHSM',
    // A word that no version knows, so that nothing is sent to such a store.
    connectionState: (entry.ConnectionState as ConnectionState | undefined) ?? ('UNKNOWN' as ConnectionState),
    ...(code === undefined ? {} : { connectionErrorCode: code }),
    settings: readSettings(entry),
  };
}
