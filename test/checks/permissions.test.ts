import { beforeEach, describe, expect, it } from 'vitest';
import { createPermissionsCheck } from '../../src/checks/permissions.ts';
import type { Change } from '../../src/domain/change.ts';
import type { Policy } from '../../src/domain/policy.ts';
import { type Neighbours, serveNeighbours } from '../support/services-over-http.ts';

let around: Neighbours;
let store: string;

beforeEach(async () => {
  around = await serveNeighbours();
  store = around.simulator.addStore({ CloudHsmClusterId: around.ids.first, ConnectionState: 'CONNECTED' });
});

const move = () => ({ CloudHsmClusterId: around.ids.restored });
const observe = (change: Change, policy: Partial<Policy> = {}, runId = 'run-1', isAsked = false) =>
  around.observe(createPermissionsCheck(around.kms, runId, { accept: [], ...policy }, isAsked), store, change, policy);
const callsSent = () =>
  around.simulator.calls.map(({ operation, input }) => [
    operation,
    (input as { readonly CustomKeyStoreId?: string }).CustomKeyStoreId,
  ]);

const probe = 'cks-permission-probe-run-1';

describe('the rights that an outage takes', () => {
  it('are there where KMS finds no such store, and the store itself is left alone', async () => {
    expect(await observe(move())).toEqual({
      status: 'passed',
      message:
        'this AWS identity is allowed kms:DisconnectCustomKeyStore, kms:ConnectCustomKeyStore, kms:UpdateCustomKeyStore',
    });
    expect(callsSent()).toEqual([
      ['DisconnectCustomKeyStore', probe],
      ['ConnectCustomKeyStore', probe],
      ['UpdateCustomKeyStore', probe],
    ]);
  });

  it.each(['DisconnectCustomKeyStore', 'ConnectCustomKeyStore', 'UpdateCustomKeyStore'])(
    'refuse the run where %s is denied',
    async (operation) => {
      around.deny(operation);
      expect(await observe(move())).toEqual({
        status: 'failed',
        message: `this AWS identity is denied kms:${operation}, which the update or its rollback needs`,
      });
    },
  );

  it('are not clear after any other answer', async () => {
    const fault = { name: 'KMSInternalException', message: 'try later' };
    around.simulator.failNext('ConnectCustomKeyStore', fault, { times: 3 });
    expect(await observe(move())).toEqual({
      status: 'unknown',
      message: 'whether this AWS identity is allowed kms:ConnectCustomKeyStore is not clear: try later',
    });
  });

  it('are asked for again where the answer is lost', async () => {
    around.simulator.failNext('DisconnectCustomKeyStore', 'KMSInternalException');
    around.simulator.failNext('UpdateCustomKeyStore', 'ConnectionReset', { times: 2 });
    expect(await observe(move())).toMatchObject({ status: 'passed' });
    expect(callsSent().map(([operation]) => operation)).toEqual([
      'DisconnectCustomKeyStore',
      'DisconnectCustomKeyStore',
      'ConnectCustomKeyStore',
      'UpdateCustomKeyStore',
      'UpdateCustomKeyStore',
      'UpdateCustomKeyStore',
    ]);
  });

  it('are those of the calls that the run takes', async () => {
    expect(await observe({}, { intent: 'reconnect' })).toMatchObject({ status: 'passed' });
    expect(callsSent().map(([operation]) => operation)).toEqual(['DisconnectCustomKeyStore', 'ConnectCustomKeyStore']);
  });

  it('matter for a live change only where it may lead offline', async () => {
    expect(await observe({ NewCustomKeyStoreName: 'renamed' })).toBeNull();
    expect(callsSent()).toEqual([]);
    expect(await observe({ NewCustomKeyStoreName: 'renamed' }, { accept: ['outage'] })).toMatchObject({
      status: 'passed',
    });
  });

  it('limit only the possible outage of a live change', async () => {
    around.deny('ConnectCustomKeyStore');
    const rename = { NewCustomKeyStoreName: 'renamed' };
    expect(await observe(rename, { accept: ['outage'] })).toMatchObject({ status: 'failed', onlyOffline: true });
    expect(await observe(rename, {}, 'run-1', true)).toMatchObject({ status: 'failed', onlyOffline: true });
    expect(await observe(rename, { mode: 'live' }, 'run-1', true)).toBeNull();
  });

  it('are asked for with an id that KMS takes, however long that of the run is', async () => {
    await observe(move(), {}, 'r'.repeat(100));
    expect(callsSent().map(([, id]) => id?.length)).toEqual([64, 64, 64]);
  });
});
