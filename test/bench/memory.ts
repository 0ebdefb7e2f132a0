/** What a run weighs while it waits for KMS to connect: all of them at once, on real timers, and all of them end. */
import { createActor, createMachine, fromPromise } from 'xstate';
import { systemClock } from '../../src/hosts/system-clock.ts';
import { createInstantKms } from './instant-kms.ts';
import { startLifecycle } from './start-lifecycle.ts';
import type { Row } from './table.ts';

export async function measureMemory(isShort: boolean): Promise<readonly Row[]> {
  const waiting = isShort ? 2_000 : 10_000;
  if (!globalThis.gc) throw new Error('memory can be measured under node --expose-gc only');
  const kms = createInstantKms({ connectsAtOnce: false });
  const stores = Array.from({ length: waiting }, () => kms.addStore());

  // The first runs pay for what all share: compiled code above all.
  const first = Array.from({ length: 300 }, () => startLifecycle(kms, kms.addStore(), systemClock));
  await pause(1_000);
  const before = readMemory();
  let waits = 0;
  const runs = stores.map((store) =>
    startLifecycle(kms, store, systemClock, (event) => {
      if (event.type === 'wait.started' && event.goal === 'CONNECTED') waits += 1;
    }),
  );
  while (waits < waiting) await pause(100);
  const after = readMemory();
  // A run that nobody could wake would weigh nothing: each must come to its end.
  kms.finishConnects();
  await Promise.all([...first, ...runs]);

  const each = (of: keyof typeof before) => (after[of] - before[of]) / waiting / 1_024;
  const bareKb = await measureBareActor(waiting);
  return [
    {
      what: `a waiting run, ${waiting} at once`,
      value: each('heapUsed'),
      unit: 'KB',
      limit: { atMost: 15 },
      peers: [
        { what: 'an XState actor that waits for one promise', value: bareKb },
        { what: 'what the process grew by, with garbage not yet given back', value: each('rss') },
      ],
      whenMissed: `${bareKb.toFixed(1)} KB are XState's own; the rest is context, host, run and five async functions in flight`,
    },
  ];
}

/** What XState takes by itself. */
async function measureBareActor(count: number): Promise<number> {
  const machine = createMachine({
    initial: 'waiting',
    states: { waiting: { invoke: { src: fromPromise(() => new Promise<void>(() => undefined)) } } },
  });
  const start = () => createActor(machine).start();
  const first = start();
  await pause(10);
  const before = readMemory().heapUsed;
  const actors = Array.from({ length: count }, start);
  await pause(10);
  const each = (readMemory().heapUsed - before) / count / 1_024;
  for (const actor of [first, ...actors]) actor.stop();
  return each;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

function readMemory(): { heapUsed: number; rss: number } {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heapUsed: heapUsed + external, rss };
}
