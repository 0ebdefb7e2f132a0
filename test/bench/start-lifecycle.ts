/** One complete lifecycle at the KMS port: describe, plan, disconnect, update, connect, verify. */
import { defaultPolicy } from '../../src/domain/policy.ts';
import { createLocalHost, createMemoryLog } from '../../src/hosts/local.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Kms } from '../../src/ports/kms.ts';
import type { Progress } from '../../src/ports/progress.ts';
import { startRun } from '../../src/run/start.ts';

export async function startLifecycle(kms: Kms, store: string, clock: Clock, progress: Progress = () => undefined) {
  const ports = {
    kms,
    secrets: { resolve: async () => '' },
    checks: [],
    prover: { prove: async () => ({ status: 'unproven' as const }) },
    clock,
    random: Math.random,
    host: createLocalHost(createMemoryLog(), clock),
    progress,
  };
  const order = {
    change: { XksProxyUriEndpoint: `https://new-${store}.xks.example.com` },
    previous: {},
    policy: { ...defaultPolicy, accept: ['outage', 'unproven-keys'] as const },
  };
  const place = { region: 'us-east-1', account: 'unknown' };
  const input = { runId: `run-${store}`, store, place, order, startedAtMs: clock.now() };
  const { outcome } = await startRun(ports, input);
  if (outcome !== 'updated') throw new Error(`a lifecycle ended ${outcome}`);
}
