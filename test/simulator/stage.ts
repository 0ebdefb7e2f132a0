/** A simulator on a hand-set clock, with durations that fit in the head. Not a test. */
import { expect } from 'vitest';
import { createSimulator, SimulatorFault, type SimulatorOptions, type StoreEntry } from '../../src/simulator/index.ts';
import type { OperationName } from '../../src/simulator/shapes.ts';
import { findMisfits } from './misfits.ts';

export const connectMs = 300_000;
export const disconnectMs = 120_000;
export const deferredToggleMs = 60_000;

export const credential = {
  AccessKeyId: 'ABCDEFGHIJKLMNOPQRST',
  RawSecretAccessKey: 'DXjSUawnel2fr6SKC7G25CNxTyWKE5PF9XX6H/u9pSo=',
};

export const serviceName = 'com.amazonaws.vpce.us-east-1.vpce-svc-example';

export function setStage(options: SimulatorOptions = {}) {
  let nowMs = Date.UTC(2026, 0, 1);
  const simulator = createSimulator({
    now: () => nowMs,
    durations: {
      connect: { AWS_CLOUDHSM: connectMs, EXTERNAL_KEY_STORE: connectMs },
      disconnect: { AWS_CLOUDHSM: disconnectMs, EXTERNAL_KEY_STORE: disconnectMs },
      deferredToggle: deferredToggleMs,
    },
    ...options,
  });
  const { call } = simulator;
  // Whatever a test sees of an answer, the answer has the form that the API model gives it.
  simulator.call = (operation, input, caller) => {
    const output = call(operation, input, caller);
    expect(findMisfits(operation as OperationName, output, options.lenientPatterns)).toEqual([]);
    return output;
  };
  const [first, restored, unrelated] = simulator.describeWorld().clusters.map(({ clusterId }) => clusterId);

  /** 'ok', or the name of the fault. */
  const attempt = (operation: string, input: object): string => {
    try {
      simulator.call(operation, input);
      return 'ok';
    } catch (error) {
      if (!(error instanceof SimulatorFault)) throw error;
      return error.name;
    }
  };
  const on =
    (operation: string) =>
    (id: string, values: object = {}) =>
      attempt(`${operation}CustomKeyStore`, { CustomKeyStoreId: id, ...values });
  const connect = on('Connect');
  const disconnect = on('Disconnect');

  return {
    simulator,
    clusters: { first: first ?? '', restored: restored ?? '', unrelated: unrelated ?? '' },
    now: () => nowMs,
    wait: (ms: number) => {
      nowMs += ms;
    },
    attempt,
    connect,
    disconnect,
    update: on('Update'),
    remove: on('Delete'),
    create: (values: object) => attempt('CreateCustomKeyStore', { CustomKeyStoreName: 'new', ...values }),
    describe: (input: object = {}) =>
      simulator.call('DescribeCustomKeyStores', input) as {
        CustomKeyStores: StoreEntry[];
        Truncated: boolean;
        NextMarker?: string;
      },
    /** CONNECTED, or the code it FAILED with. */
    connectAndWait: (id: string): string => {
      connect(id);
      nowMs += connectMs;
      const { ConnectionState, ConnectionErrorCode } = simulator.store(id);
      return ConnectionErrorCode ?? ConnectionState;
    },
    disconnectAndWait: (id: string): void => {
      disconnect(id);
      nowMs += disconnectMs;
    },
    addExternal: (description: object = {}) =>
      simulator.addStore({ CustomKeyStoreType: 'EXTERNAL_KEY_STORE', ...description }),
  };
}

export type Stage = ReturnType<typeof setStage>;
