/** For the library as its users call it: a simulator over HTTP with an external key store that is CONNECTED. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { createSimulator, serveSimulator } from '../../src/simulator/index.ts';
import { stubSurroundings } from './in-process.ts';
import { connectedExternal } from './stores.ts';

/** For all tests of a file. `place` and `folder` are there once they run. */
export function useStore() {
  const simulator = createSimulator({ seed: 1 });
  const customKeyStoreId = simulator.addStore({
    ...connectedExternal,
    keys: 1,
  });
  const place = { endpoint: '', region: 'us-east-1' };
  const folder = mkdtempSync(join(tmpdir(), 'cks-library-'));
  const closing: (() => Promise<void> | void)[] = [() => rmSync(folder, { recursive: true })];
  beforeAll(async () => {
    const server = await serveSimulator(simulator, {});
    place.endpoint = server.url;
    closing.push(stubSurroundings(), server.close);
  });
  afterAll(async () => {
    for (const close of closing) await close();
  });
  return { simulator, customKeyStoreId, place, folder };
}
