/** Whether an update went to a store that was online: then a rollback may put the old settings back without an outage. */
import { describe, expect, it } from 'vitest';
import { wasSentLive } from '../../machines/safe-update/facts.ts';
import type { Context } from '../../machines/safe-update/index.ts';

const path = { XksProxyUriPath: '/new/kms/xks/v1' };
const endpoint = { XksProxyUriEndpoint: 'https://new.xks.example.com' };
const before = { customKeyStoreType: 'EXTERNAL_KEY_STORE', connectionState: 'CONNECTED' };
const live = { before, offlineSinceMs: null, plan: { send: path, mode: 'live' }, sent: path, undecided: {} };
const resumed = { ...live, plan: { send: {}, mode: 'none' } };

describe('an update', () => {
  it.each([
    ['was live as its plan says', live, true],
    ['was live where a resume finds that the store never was offline', resumed, true],
    ['was not where its plan goes offline', { ...live, plan: { send: path, mode: 'offline' } }, false],
    [
      'was not where a run that undoes it found the store DISCONNECTED',
      { ...live, plan: { send: path, mode: 'none' } },
      false,
    ],
    ['was not where KMS takes a property only offline', { ...resumed, sent: { ...path, ...endpoint } }, false],
    ['may not be where such an update is undecided', { ...resumed, undecided: endpoint }, false],
    ['was not once the store has been offline', { ...resumed, offlineSinceMs: 5 }, false],
    [
      'was not where the store began DISCONNECTED',
      { ...resumed, before: { ...before, connectionState: 'DISCONNECTED' } },
      false,
    ],
  ])('%s', (_, context, expected) => {
    expect(wasSentLive(context as unknown as Context)).toBe(expected);
  });
});
