/** How many complete lifecycles one core carries a second, at the KMS port and through the SDK client. */
import { Readable } from 'node:stream';
import { KMSClient } from '@aws-sdk/client-kms';
import { createActor, createMachine, fromPromise, toPromise } from 'xstate';
import { createSend } from '../../src/aws/kms/client.ts';
import { createKms } from '../../src/aws/kms/kms.ts';
import type { SteadyClock } from '../../src/ports/clock.ts';
import type { Kms } from '../../src/ports/kms.ts';
import { createInstantKms, type InstantKms } from './instant-kms.ts';
import { startLifecycle } from './start-lifecycle.ts';
import { percentile, type Row } from './table.ts';

/** Never waits: every look comes at once. */
const noWaitClock: SteadyClock = {
  now: () => Date.now(),
  awakeMs: () => performance.now(),
  sleep: async () => undefined,
};

/** Actors that one lifecycle invokes. */
const stepCount = 11;

/** By the processor's time, with that of the garbage collector's threads: a busy machine makes it no smaller. */
async function countASecond(work: () => Promise<unknown>, isShort: boolean): Promise<number> {
  const [warmUps, rounds, roundMs] = isShort ? [2, 2, 500] : [4, 5, 1_000];
  const spentMs = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1_000;
  };
  const counts: number[] = [];
  for (let round = 0; round < warmUps + rounds; round += 1) {
    const fromMs = spentMs();
    let count = 0;
    while (spentMs() - fromMs < roundMs) {
      // Together, because to ask for the processor's time costs some.
      for (let nth = 0; nth < 10; nth += 1) await work();
      count += 10;
    }
    counts.push((count * 1_000) / (spentMs() - fromMs));
  }
  return percentile(counts.slice(warmUps), 0.5);
}

/** The real adapter and a real client, signing and parsing, whose handler answers in process. */
function createSdkPort(kms: InstantKms): Kms {
  const answer = async (operation: string, { CustomKeyStoreId: id, ...values }: { CustomKeyStoreId: string }) => {
    if (operation === 'DescribeCustomKeyStores')
      return { CustomKeyStores: [await showStore(kms, id)], Truncated: false };
    if (operation === 'UpdateCustomKeyStore') await kms.update(id, values);
    else if (operation === 'ConnectCustomKeyStore') await kms.connect(id);
    else await kms.disconnect(id);
    return {};
  };
  const handle = async ({ headers, body }: { headers: Record<string, string>; body: Uint8Array }) => {
    const operation = (headers['x-amz-target'] ?? '').replace('TrentService.', '');
    const output = await answer(operation, JSON.parse(new TextDecoder().decode(body)));
    return {
      response: {
        statusCode: 200,
        headers: { 'content-type': 'application/x-amz-json-1.1' },
        body: Readable.from([Buffer.from(JSON.stringify(output))]),
      },
    };
  };
  const client = new KMSClient({
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'x', secretAccessKey: 'x' },
    requestHandler: { handle, metadata: { handlerProtocol: 'http/1.1' }, destroy: () => undefined } as never,
  });
  return createKms(
    createSend(() => client),
    noWaitClock,
  );
}

/** A store as the wire has it. */
async function showStore(kms: InstantKms, id: string) {
  const reply = await kms.describe(id);
  if (!reply.ok) throw new Error('the instant KMS always answers');
  const { customKeyStoreType, connectionState, settings } = reply.value;
  return {
    CustomKeyStoreId: id,
    CustomKeyStoreName: settings.name,
    CustomKeyStoreType: customKeyStoreType,
    ConnectionState: connectionState,
    XksProxyConfiguration: {
      Connectivity: settings.XksProxyConnectivity,
      UriEndpoint: settings.XksProxyUriEndpoint,
      UriPath: settings.XksProxyUriPath,
      AccessKeyId: settings.proxyCredentialAccessKeyId,
    },
  };
}

/** As many states as a lifecycle goes through, each with a promise, and nothing of ours in them. */
function createBareMachine(): () => Promise<unknown> {
  const resolved = fromPromise(async () => null);
  const step = (onDone: string) => ({ invoke: { src: resolved, onDone } });
  const names = Array.from({ length: stepCount }, (_, nth) => `step${nth}`);
  const states = Object.fromEntries(names.map((name, nth) => [name, step(names[nth + 1] ?? 'done')]));
  const machine = createMachine({ initial: 'step0', states: { ...states, done: { type: 'final' } } });
  return () => toPromise(createActor(machine).start());
}

export async function measureLifecycles(isShort: boolean): Promise<readonly Row[]> {
  const kms = createInstantKms();
  const atPort = await countASecond(() => startLifecycle(kms, kms.addStore(), noWaitClock), isShort);
  const behindSdk = createInstantKms();
  const port = createSdkPort(behindSdk);
  const throughSdk = await countASecond(() => startLifecycle(port, behindSdk.addStore(), noWaitClock), isShort);
  const bare = await countASecond(createBareMachine(), isShort);
  return [
    {
      what: 'complete lifecycles a second, at the KMS port',
      value: atPort,
      unit: '/s',
      limit: { atLeast: 1_000 },
      peers: [
        { what: `an XState machine of ${stepCount} promises`, value: bare },
        { what: 'through the SDK client', value: throughSdk },
      ],
      whenMissed:
        'a profile is flat: a third is XState, a fifth the collector; caches that other programs use take much more',
    },
  ];
}
