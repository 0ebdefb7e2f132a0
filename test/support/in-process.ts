/** The command in this process, without its second of start-up: for what needs no process of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { vi } from 'vitest';
import { main } from '../../src/cli/main.ts';
import type { SafeUpdateOptions } from '../../src/library/options.ts';
import { updateStore } from '../../src/library/update-store.ts';
import { UnfinishedRunError } from '../../src/run/errors.ts';
import { within } from './environments.ts';
import { inFastTime } from './fast-time.ts';
import { newCredential, oldCredential } from './stores.ts';

export interface Told {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** In fast time. `env`: what the command sees of its environment; the AWS SDK and the journal look at that of this process. */
export const runHere = (words: readonly string[], env?: NodeJS.ProcessEnv, input?: string): Promise<Told> =>
  inFastTime(() => runInRealTime(words, env, input));

/** `both` gets both streams, in the order of time. */
export async function runInRealTime(
  words: readonly string[],
  env: NodeJS.ProcessEnv = {},
  input = '',
  both: Buffer[] = [],
): Promise<Told> {
  const [stdout, stderr] = [collect(both), collect(both)];
  const stdin = new PassThrough();
  stdin.end(input);
  const io = { argv: words, env, stdin, stdout, stderr, onSignal: () => () => undefined, exit() {} };
  const exitCode = await main(io);
  return { exitCode, stdout: stdout.text(), stderr: stderr.text() };
}

function collect(both: Buffer[]) {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(chunk);
      both.push(chunk);
      done();
    },
  });
  return Object.assign(stream, { text: () => Buffer.concat(chunks).toString() });
}

/** Gives this process credentials, a Region, the secrets OLD and NEW, and folders of its own: `beforeAll(stubSurroundings)`. */
export function stubSurroundings(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'cks-here-'));
  const variables = {
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'dummy',
    AWS_REGION: 'us-east-1',
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    CKS_STATE_DIR: join(folder, 'state'),
    CKS_LOCK_DIR: join(folder, 'locks'),
    OLD: oldCredential.RawSecretAccessKey,
    NEW: newCredential.RawSecretAccessKey,
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  return () => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  };
}

interface Surroundings {
  /** Of the simulator. */
  readonly url: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly inTime?: <T>(work: () => T) => T;
}

/** The id of the run. */
export async function leaveHeld(
  { url, environment, inTime = (work) => work() }: Surroundings,
  options: SafeUpdateOptions,
): Promise<string> {
  const run = () => updateStore({ endpoint: url, region: 'us-east-1', accept: ['outage'], ...options });
  const held = () => run().catch((thrown: unknown) => thrown);
  const error = await inTime(() => (environment ? within(environment, held) : held()));
  if (error instanceof UnfinishedRunError && error.held) return error.runId;
  throw new Error(`the run is not on hold: ${error instanceof Error ? error.message : JSON.stringify(error)}`);
}
