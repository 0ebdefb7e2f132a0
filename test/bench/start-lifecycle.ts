/** One complete lifecycle at the KMS port: describe, plan, disconnect, update, connect, verify. */
import { createKeys } from '../../src/aws/kms/keys.ts';
import { noLogins } from '../../src/domain/logins.ts';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { createLocalHost } from '../../src/hosts/local.ts';
import { systemClock } from '../../src/hosts/system-clock.ts';
import type { SteadyClock } from '../../src/ports/clock.ts';
import type { Kms } from '../../src/ports/kms.ts';
import { unkeptLog } from '../../src/ports/log.ts';
import type { Progress } from '../../src/ports/progress.ts';
import { startRun } from '../../src/run/start.ts';
import { noProver } from '../support/key-verifiers.ts';

const done = { ok: true, value: null } as const;

/** What many runs share. */
const shared = {
  secrets: { resolve: async () => '' },
  checks: [],
  keyVerifier: noProver,
  keys: createKeys(async () => ({ output: {} }), systemClock),
  lock: {
    acquire: async () => null,
    confirm: async () => null,
    recordStep: () => undefined,
    release: async () => undefined,
  },
  logins: { read: async () => noLogins, write: async () => undefined, takeBack: async () => undefined },
  scheduler: { arm: async () => done, disarm: async () => done },
  random: Math.random,
};

export async function startLifecycle(
  kms: Kms,
  store: string,
  clock: SteadyClock,
  progress: Progress = () => undefined,
) {
  const host = createLocalHost(unkeptLog, clock);
  const request = {
    change: { XksProxyUriEndpoint: `https://new-${store}.xks.example.com` },
    previous: {},
    policy: { ...defaultPolicy, accept: ['outage', 'unverified-keys'] as const },
  };
  const place = { region: 'us-east-1', account: 'unknown' };
  const input = { runId: `run-${store}`, store, place, request, startedAtMs: clock.now() };
  const { outcome } = await startRun({ kms, clock, host, progress, ...shared }, input);
  if (outcome !== 'updated') throw new Error(`a lifecycle ended ${outcome}`);
}
