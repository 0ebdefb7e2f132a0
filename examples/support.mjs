// Every example runs as it stands: against a simulator in this process, whose time goes faster than life.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createScaledClock, createSimulator, serveSimulator } from 'cks-safe-update/simulator';

/** Starts a simulator, lets the example arrange and run, and ends it. Nothing of it stays in your own folders. */
export async function trialConnect(run) {
  const home = mkdtempSync(join(tmpdir(), 'cks-example-'));
  process.env.CKS_STATE_DIR = home;
  process.env.CKS_LOCK_DIR = home;
  process.env.AWS_ACCESS_KEY_ID ??= 'trial-connect';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'trial-connect';
  const simulator = createSimulator({ now: createScaledClock(2_000) });
  const server = await serveSimulator(simulator);
  try {
    await run(simulator, { endpoint: server.url, region: simulator.region });
  } finally {
    await server.close();
    rmSync(home, { recursive: true });
  }
}
