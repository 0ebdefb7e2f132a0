/** States that Describe shows from the past, in the places where a run could take them for news. */
import { describe, expect, it } from 'vitest';
import { readStore } from '../../src/aws/kms/kms.ts';
import type { ConnectionState } from '../../src/domain/key-store.ts';
import { createResumeState } from '../../src/domain/resume-state.ts';
import type { Approver } from '../../src/ports/approver.ts';
import type { Kms } from '../../src/ports/kms.ts';
import type { LogRecord } from '../../src/ports/log.ts';
import { requestResume, requestRollback } from '../../src/run/resume.ts';
import { crash, recordOf } from '../support/crash-and-resume.ts';
import { createMemoryLog } from '../support/memory-log.ts';
import { giveUp } from '../support/operators.ts';
import { readLeft } from '../support/read-left.ts';
import { addExternal, moveEndpoint as move, reconnect } from '../support/stores.ts';
import { createWorld, type World } from '../support/world.ts';

/** A port that shows a past state in the place of the true one; undefined: the true one. */
function createLaggingKms(world: World, findPast: (truth: ConnectionState) => ConnectionState | undefined): Kms {
  const kms = world.connect();
  return {
    ...kms,
    async describe(store, signal) {
      const reply = await kms.describe(store, signal);
      const past = reply.ok ? findPast(reply.value.connectionState) : undefined;
      return reply.ok && past ? { ...reply, value: { ...reply.value, connectionState: past } } : reply;
    },
  };
}

const countOf = ({ sent }: World, name: string) => sent.filter(({ operation }) => operation === name).length;

describe('a state from the past', () => {
  it('is not believed when KMS refuses a Connect for a state that Describe does not show', async () => {
    const world = createWorld();
    const store = addExternal(world, { ConnectionState: 'DISCONNECTED' });
    world.simulator.call('ConnectCustomKeyStore', { CustomKeyStoreId: store }, 'somebody else');
    const kms = createLaggingKms(world, () => (world.clock.now() < startMs + 120_000 ? 'DISCONNECTED' : undefined));
    const startMs = world.clock.now();
    const before = readStore({ ...world.simulator.store(store), ConnectionState: 'DISCONNECTED' });
    const resumedFrom = {
      ...createResumeState('earlier', before),
      isUnfinished: true,
      wantedState: 'CONNECTED',
    } as const;
    const policy = { finalState: 'connected', maxConnectWaitMs: 3_000, onFailure: 'hold' } as const;
    const { outcome, after } = await world.run({ store, policy, kms, resumedFrom, operatorPrompt: giveUp() });

    expect([outcome, after?.connectionState]).not.toEqual(['rolledBack', 'DISCONNECTED']);
  });

  it('is no external change, when a connect that ended before the run disconnects is shown once more', async () => {
    const world = createWorld();
    const store = addExternal(world, { ConnectionState: 'CONNECTING' });
    const kms = createLaggingKms(world, (truth) => (truth === 'DISCONNECTING' ? 'CONNECTING' : undefined));

    const { outcome, reason } = await world.run({ store, ...reconnect, kms });

    expect([outcome, reason?.code]).toEqual(['updated', undefined]);
  });

  it('is no external change after a hold, and nothing is sent while it is shown', async () => {
    const world = createWorld();
    const store = addExternal(world, { ConnectionState: 'DISCONNECTING' });
    let pastReads = 0;
    const kms = createLaggingKms(world, () => {
      pastReads -= 1;
      return pastReads >= 0 ? 'DISCONNECTING' : undefined;
    });
    const updatesWhileShown: number[] = [];
    const wait = async () => {
      pastReads = 3;
      return { kind: 'released', correction: {}, accepted: [] } as const;
    };
    world.when('UpdateCustomKeyStore', () => updatesWhileShown.push(pastReads));

    const { outcome } = await world.run({
      store,
      ...move,
      policy: { ...move.policy, holdOffline: true },
      kms,
      operatorPrompt: { wait },
    });

    expect(outcome).toBe('updated');
    expect(updatesWhileShown.map((left) => left <= 0)).toEqual([true]);
  });

  it('is no sign of a Connect that may have been sent before the process died', async () => {
    const world = createWorld();
    const request = { store: addExternal(world), ...reconnect, startedAtMs: world.clock.now() };
    const records: LogRecord[] = [];
    await crash(world, request, createMemoryLog(records), { at: recordOf('intent', 'connectStore'), isKept: true });
    let pastReads = 2;
    const kms = createLaggingKms(world, () => {
      pastReads -= 1;
      return pastReads >= 0 ? 'CONNECTED' : undefined;
    });

    const { outcome } = await world.run({ ...request, log: createMemoryLog(records), kms });

    expect([outcome, countOf(world, 'ConnectCustomKeyStore')]).toEqual(['updated', 1]);
  });

  it('refuses no undo of an update that has just ended', async () => {
    const world = createWorld();
    const change = { NewCustomKeyStoreName: 'renamed' };
    const request = { store: addExternal(world), change, startedAtMs: world.clock.now() };
    const records: LogRecord[] = [];
    await world.run({ ...request, log: createMemoryLog(records) });
    const { input, left } = readLeft(world, request, records);
    const rollBack = left && requestRollback(left, input.request, []);
    if (!rollBack || !('request' in rollBack)) throw new Error('it can be undone');
    const kms = world.connect();
    let pastReads = 5;
    const describePast: Kms['describe'] = async (store, signal) => {
      const reply = await kms.describe(store, signal);
      pastReads -= 1;
      if (!reply.ok || pastReads < 0) return reply;
      const settings = { ...reply.value.settings, name: 'xks' };
      return { ...reply, value: { ...reply.value, settings } };
    };

    const ports = { kms: { ...kms, describe: describePast } };
    const { outcome, reason } = await world.run({ ...rollBack, ...rollBack.request, ...ports, runId: 'run-2' });

    expect([outcome, reason?.code]).toEqual(['updated', undefined]);
    expect(world.simulator.store(request.store).CustomKeyStoreName).toBe('xks');
  });
});

describe('an update whose process died before KMS answered', () => {
  it('is no change of another actor when a resume first sees the settings before it', async () => {
    const world = createWorld();
    const store = addExternal(world, { ConnectionState: 'DISCONNECTED' });
    const request = { store, change: { NewCustomKeyStoreName: 'renamed' }, startedAtMs: world.clock.now() };
    const records: LogRecord[] = [];
    await crash(world, request, createMemoryLog(records), { at: recordOf('result', 'updateStore'), isKept: false });
    const { input, left } = readLeft(world, request, records);
    if (left === null) throw new Error('it has left an update without an answer');
    const kms = world.connect();
    let isPast = true;
    const describePast: Kms['describe'] = async (id, signal) => {
      const reply = await kms.describe(id, signal);
      if (!reply.ok || !isPast) return reply;
      return {
        ...reply,
        value: { ...reply.value, settings: { ...reply.value.settings, name: 'xks' } },
      };
    };
    const approver: Approver = {
      async ask() {
        isPast = false;
        await world.clock.sleep(60_000);
        return { kind: 'approved', accepted: [] };
      },
    };

    const sequel = requestResume(left, input.request, {}, []);
    const ports = { kms: { ...kms, describe: describePast }, approver };
    const { outcome, reason } = await world.run({ ...request, ...sequel, ...sequel.request, ...ports, runId: 'run-2' });

    expect([outcome, reason?.code]).toEqual(['updated', undefined]);
  });
});

describe('a clock that is set forward by hours while the store is offline', () => {
  const jumpMs = 3 * 3_600_000;

  /** After the first request of that kind. */
  function setForward(world: World, operation: string): () => number {
    let skewMs = 0;
    world.when(operation, () =>
      world.when(
        () => true,
        () => {
          skewMs = jumpMs;
        },
      ),
    );
    return () => world.clock.now() + skewMs;
  }

  it.each(['DisconnectCustomKeyStore', 'ConnectCustomKeyStore'])(
    'ends neither the wait nor the grace for stale reads at %s',
    async (operation) => {
      const world = createWorld();
      const store = addExternal(world);
      const now = setForward(world, operation);
      world.simulator.staleReadsForMs = 100_000;

      const { outcome, reason } = await world.run({ store, ...reconnect, now });

      expect([outcome, reason?.code]).toEqual(['updated', undefined]);
      expect(world.simulator.store(store).ConnectionState).toBe('CONNECTED');
    },
  );

  it('gives an update no less time', async () => {
    const world = createWorld();
    const store = addExternal(world);
    const now = setForward(world, 'UpdateCustomKeyStore');
    world.simulator.failNext('UpdateCustomKeyStore', 'ConnectionReset', { times: 4 });

    const { outcome } = await world.run({ store, ...move, now });

    expect([outcome, countOf(world, 'UpdateCustomKeyStore')]).toEqual(['updated', 5]);
  });
});

describe('a Connect whose answer was lost, and which KMS carried out', () => {
  it('leaves nothing to doubt in the connect of the rollback', async () => {
    const world = createWorld();
    const store = addExternal(world);
    world.simulator.failNextConnect(store, 'XKS_PROXY_INVALID_CONFIGURATION');
    world.simulator.failNext('ConnectCustomKeyStore', 'ConnectionReset', { afterEffect: true });

    const { outcome } = await world.run({ store, ...move });

    expect([outcome, world.simulator.store(store).ConnectionState]).toEqual(['rolledBack', 'CONNECTED']);
    expect(world.events.filter(({ type }) => type === 'wait.confirming')).toEqual([]);
  });
});
