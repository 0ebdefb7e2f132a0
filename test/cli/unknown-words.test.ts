/** Types, states and error codes that a later KMS may show: they are shown as they are, and stop no command that only looks. */
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, test } from 'vitest';
import { createScaledClock, createSimulator, serveSimulator } from '../../src/simulator/index.ts';
import { runHere, stubSurroundings } from '../support/in-process.ts';
import { keep, serveInTest } from '../support/servers.ts';

beforeAll(stubSurroundings);

/** A store of the simulator behind a relay that replaces one word in what KMS answers. */
async function withStore(known: string, unknown: string, use: (cks: typeof runHere) => Promise<void>) {
  const simulator = createSimulator({ now: createScaledClock(1), seed: 1 });
  simulator.addStore({ CustomKeyStoreName: 'new', ConnectionState: 'CONNECTED', keys: 1 });
  const kms = keep(await serveSimulator(simulator));
  const url = await serveInTest(async (request, response) => {
    const { host: _, connection: __, ...headers } = request.headers as Record<string, string>;
    const answer = await fetch(`${kms.url}${request.url}`, { method: 'POST', headers, body: await text(request) });
    const requestId = answer.headers.get('x-amzn-requestid') ?? '';
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId });
    response.end((await answer.text()).replaceAll(`"${known}"`, `"${unknown}"`));
  });
  await use((words) => runHere([...words, '--endpoint-url', url]));
  const changed = simulator.calls.filter(({ operation }) => /^(Update|Connect|Disconnect)/.test(operation));
  expect(changed).toEqual([]);
}

const rename = ['--new-custom-key-store-name', 'other'];

describe('a word of KMS that this version does not know', () => {
  test.each([
    ['AWS_CLOUDHSM', 'QUANTUM_KEY_STORE'],
    ['CONNECTED', 'REBALANCING'],
  ])('is shown, and no command changes the store: %s becomes %s', async (known, unknown) => {
    await withStore(known, unknown, async (cks) => {
      const observed = [];
      for (const words of [
        ['describe', 'new'],
        ['doctor', 'new'],
        ['check', 'new'],
        ['plan', 'new', ...rename],
        ['update', 'new', ...rename, '--yes', '--accept', 'outage'],
        ['reconnect', 'new', '--yes', '--accept', 'outage'],
      ]) {
        const { exitCode, stdout, stderr } = await cks(words);
        expect(stdout + stderr).toContain(unknown);
        expect(stdout + stderr).not.toMatch(/a bug|undefined/);
        observed.push([words[0], exitCode]);
      }
      expect(observed).toEqual([
        ['describe', 0],
        ['doctor', 9],
        ['check', 3],
        ['plan', 3],
        ['update', 3],
        ['reconnect', 3],
      ]);
    });
  });
});
