/**
 * The built command as people run it: a child process over HTTP, in a home of its own, against a simulator whose time is
 * compressed. Each test gets its own, so tests may run side by side.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { test as base } from 'vitest';
import {
  type CallRecord,
  createScaledClock,
  createSimulator,
  type ScaledClock,
  type Simulator,
  serveSimulator,
} from '../../src/simulator/index.ts';
import { within } from './environments.ts';
import { createFastTime } from './fast-time.ts';
import { runHere } from './in-process.ts';

/** The command as it was built. */
export const bin = resolve(import.meta.dirname, '../../dist/src/cli/bin.js');

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output as the one object that it must be. */
  json(): Record<string, unknown>;
}

export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves as soon as standard error holds this. */
  saw(text: string | RegExp): Promise<void>;
}

export interface Rehearsal {
  readonly simulator: Simulator;
  /** Runs 1,000 times as fast as ours, until a test sets its scale. */
  readonly clock: ScaledClock;
  readonly url: string;
  /** Removed after the test. */
  readonly folder: string;
  /** What `run` and `start` give the command. */
  readonly environment: NodeJS.ProcessEnv;
  /** Runs `cks` with these words, a Region, credentials and the simulator as endpoint. A variable that is null is unset. */
  run(words: readonly string[], env?: Environment): Promise<Ended>;
  start(words: readonly string[], env?: Environment): Running;
  /** Does work of this process at the time in which `run` does its own. */
  inTime<T>(work: () => T): T;
}

export type Environment = Readonly<Record<string, string | null>>;

/** `test` with a trial connect. */
export const test = base.extend<{ rehearsal: Rehearsal }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern
  rehearsal: ({}, use) => rehearse(use),
});

/**
 * `test` with a trial connect whose `run` is in this process: for what is not about processes. One process has one set of
 * credentials for an endpoint, and logs to its own standard error: what is about those is for `start`.
 */
export const testHere = base.extend<{ rehearsal: Rehearsal }>({
  // biome-ignore lint/correctness/noEmptyPattern: vitest reads what a fixture needs from this pattern
  rehearsal: ({}, use) => rehearseHere(use),
});

/** A rehearsal whose `run` is in this process, in fast time. */
export function rehearseHere<T>(use: (rehearsal: Rehearsal) => Promise<T>): Promise<T> {
  return rehearse((rehearsal) => {
    const fast = createFastTime();
    const run: Rehearsal['run'] = async (words, env = {}) => {
      const environment = overlay(rehearsal.environment, env);
      const told = await fast(() => within(environment, () => runHere(words, environment)));
      return { ...told, json: () => JSON.parse(told.stdout) };
    };
    return use({ ...rehearsal, run, inTime: fast });
  });
}

/** AWS's documents give minutes; here each transition is over at the second observation. */
export async function rehearse<T>(use: (rehearsal: Rehearsal) => Promise<T>): Promise<T> {
  const clock = createScaledClock(1_000);
  const simulator = createSimulator({ now: clock, lenientPatterns: true });
  const server = await serveSimulator(simulator);
  const folder = mkdtempSync(join(tmpdir(), 'cks-'));
  const running = new Set<ChildProcess>();
  const environment = createEnvironment(folder, server.url);
  const start = (words: readonly string[], env: Environment = {}) => {
    const child = startCommand(words, overlay(environment, env));
    running.add(child.process);
    return child;
  };
  try {
    const run = (words: readonly string[], env?: Environment) => start(words, env).ended;
    const inTime = <T>(work: () => T) => work();
    return await use({ simulator, clock, url: server.url, folder, environment, start, run, inTime });
  } finally {
    for (const child of running) child.kill('SIGKILL');
    await server.close();
    rmSync(folder, { recursive: true });
  }
}

function createEnvironment(home: string, url: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: home,
    CKS_STATE_DIR: join(home, 'state'),
    CKS_LOCK_DIR: join(home, 'locks'),
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'dummy',
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_KMS: url,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
}

function overlay(environment: NodeJS.ProcessEnv, variables: Environment): NodeJS.ProcessEnv {
  const all = Object.entries({ ...environment, ...variables });
  return Object.fromEntries(all.filter(([, value]) => value !== null)) as NodeJS.ProcessEnv;
}

function startCommand(words: readonly string[], env: NodeJS.ProcessEnv): Running {
  const child = spawn(process.execPath, [bin, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
    for (const listener of listeners) listener();
  });
  const ended = once(child, 'close').then(([exitCode]) => ({
    exitCode: exitCode as number | null,
    stdout,
    stderr,
    json: () => JSON.parse(stdout) as Record<string, unknown>,
  }));
  return {
    process: child,
    ended,
    saw(text) {
      const observed = new Promise<void>((resolve) => {
        const observe = () => {
          if (typeof text === 'string' ? stderr.includes(text) : text.test(stderr)) resolve();
        };
        listeners.add(observe);
        observe();
      });
      const missed = ended.then(() => {
        throw new Error(`the command ended without saying ${text}: ${stderr}`);
      });
      return Promise.race([observed, missed]);
    },
  };
}

/** Sends a second stop, so long after the first that it is another one. The process makes no progress in between. */
export async function stopAgain({ process: child }: Running, signal: NodeJS.Signals): Promise<void> {
  child.kill('SIGSTOP');
  await setTimeout(1_100);
  child.kill(signal);
  child.kill('SIGCONT');
}

/** The calls that concern custom key stores, without the probe of rights for one that cannot exist. */
export function storeCalls(calls: readonly CallRecord[]): readonly CallRecord[] {
  return calls.filter(
    ({ operation, input }) =>
      /CustomKeyStores?$/.test(operation) && !JSON.stringify(input).includes('cks-permission-probe-'),
  );
}

/**
 * What was called, in order and in short words. A Describe that repeats is told once, and none between an update and the next
 * call: whether cks looks again there depends on how long this machine took.
 */
export function describeCalls(calls: readonly CallRecord[]): string[] {
  const words = storeCalls(calls).map(({ operation, error }) => {
    const word = operation.replace(/CustomKeyStores?$/, '');
    return error === undefined ? word : `${word} -> ${error}`;
  });
  const isSlow = (at: number) => words[at - 1] === 'Update' && at < words.length - 1 && words[at + 1] !== 'Describe';
  return words.filter((word, at) => word !== words[at - 1] && !(word === 'Describe' && isSlow(at)));
}

export const storeId = 'cks-1234567890abcdef0';

/** Name, type and state of a store that most commands are about. */
export const external = {
  CustomKeyStoreId: storeId,
  CustomKeyStoreName: 'xks',
  CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
  ConnectionState: 'CONNECTED',
} as const;

/** Adds it with settings of its own. */
export function addExternal({ simulator }: Pick<Rehearsal, 'simulator'>): void {
  simulator.addStore({
    ...external,
    XksProxyUriEndpoint: 'https://old.xks.example.com',
    XksProxyAuthenticationCredential: { AccessKeyId: 'OLDKEYOLDKEYOLDKEYOL', RawSecretAccessKey: 'o'.repeat(43) },
  });
}

/** Accepts every risk of an update of it that goes offline. */
export const acceptAll = ['--yes', '--accept', 'outage,unverified-keys,no-rollback,unknown:xks-proxy'];
