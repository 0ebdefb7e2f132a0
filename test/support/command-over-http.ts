/**
 * The command in this process, against a simulator over HTTP that serves its proxies too. Each test gets its own, so tests
 * may run side by side. Not a test.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from 'vitest';
import {
  createScaledClock,
  createSimulator,
  type ScaledClock,
  type Simulator,
  type StoreDescription,
  serveSimulator,
  serveXksProxy,
} from '../../src/simulator/index.ts';
import { createFastTime } from './fast-time.ts';
import { runHere, type Told } from './in-process.ts';
import { newCredential, newEndpoint, oldCredential, oldEndpoint } from './stores.ts';

export interface Spoken extends Told {
  /** Standard output as the one object that it must be. */
  json<T = Readonly<Record<string, unknown>>>(): T;
}

export interface Here {
  readonly simulator: Simulator;
  /** Runs as ours does, until a test sets its scale. */
  readonly clock: ScaledClock;
  /** Of the simulator. */
  readonly url: string;
  /** Of the command; removed after the test. */
  readonly state: string;
  /** What runs in this process by the clock of `cks`. */
  inTime<T>(work: () => T): T;
  /** An external key store "xks" with two keys, CONNECTED, whose proxy takes its credential alone. */
  addExternal(description?: StoreDescription): string;
  /** Runs `cks` with these words, at the simulator and its proxies. No secret of a store is ever in what it says or keeps. */
  cks(...words: readonly string[]): Promise<Spoken>;
}

const secrets = [oldCredential, newCredential].map(({ RawSecretAccessKey }) => RawSecretAccessKey);

function readFilesBelow(folder: string): string {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8')).join('\n');
}

/** `test` with the command in this process; the surroundings are for the file to stub. */
export const test = base.extend<{ here: Here }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern
  here: async ({}, use) => {
    const fast = createFastTime();
    const clock = createScaledClock(1);
    const simulator = createSimulator({ now: clock, seed: 1 });
    const [server, proxy] = await Promise.all([serveSimulator(simulator), serveXksProxy(simulator)]);
    const state = mkdtempSync(join(tmpdir(), 'cks-here-'));
    const { AccessKeyId, RawSecretAccessKey } = oldCredential;
    simulator.addProxy({ endpoint: oldEndpoint, credentials: { [AccessKeyId]: RawSecretAccessKey } });
    const reached = [oldEndpoint, newEndpoint].flatMap((endpoint) => [
      '--xks-proxy-connect-to',
      `${endpoint}=${proxy.url}`,
    ]);
    await use({
      simulator,
      clock,
      url: server.url,
      state,
      inTime: fast,
      addExternal: (description = {}) =>
        simulator.addStore({
          CustomKeyStoreName: 'xks',
          CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
          ConnectionState: 'CONNECTED',
          XksProxyUriEndpoint: oldEndpoint,
          XksProxyAuthenticationCredential: oldCredential,
          keys: 2,
          ...description,
        }),
      async cks(...words) {
        const [command = ''] = words;
        const kept = command === 'impact' ? [] : ['--state-dir', state];
        const place = [
          '--endpoint-url',
          server.url,
          ...kept,
          ...(['canary', 'impact'].includes(command) ? [] : reached),
        ];
        const told = await fast(() => runHere([...words, ...place]));
        expect(secrets.filter((secret) => (told.stdout + told.stderr).includes(secret))).toEqual([]);
        return { ...told, json: () => JSON.parse(told.stdout) };
      },
    });
    await Promise.all([server.close(), proxy.close()]);
    const kept = readFilesBelow(state);
    expect(secrets.filter((secret) => kept.includes(secret))).toEqual([]);
    rmSync(state, { recursive: true });
  },
});
