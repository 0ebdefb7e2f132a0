import { describe, expect, it } from 'vitest';
import type { KeyStore } from '../../src/domain/key-store.ts';
import { describeLongest, expectedRunMs, type PlannedCourse } from '../../src/domain/outage.ts';

const emit = (customKeyStoreType: string, way: Partial<PlannedCourse>) => {
  const store = { customKeyStoreType, connectionState: 'CONNECTED', settings: {} } as unknown as KeyStore;
  const whole: PlannedCourse = { mode: 'offline', send: {}, wantedState: 'CONNECTED', ...way };
  return describeLongest(expectedRunMs(store, whole), store, whole, Object.keys(whole.send).length > 0);
};

describe('a length of time says whether AWS documents it', () => {
  it.each([
    ['EXTERNAL_KEY_STORE', {}, 'up to 10 min (documented by AWS)'],
    ['EXTERNAL_KEY_STORE', { send: { XksProxyUriPath: '/a/kms/xks/v1' } }, 'up to 11 min (estimate)'],
    ['AWS_CLOUDHSM', {}, 'up to 25 min (estimate)'],
    ['AWS_CLOUDHSM', { wantedState: 'DISCONNECTED' }, 'up to 5 min (estimate)'],
    ['AWS_CLOUDHSM', { mode: 'none' }, 'up to 20 min (documented by AWS)'],
    ['A_NEW_TYPE', { mode: 'none' }, 'up to 20 min (estimate)'],
  ] as const)('%s, %o', (type, way, told) => {
    expect(emit(type, way)).toBe(told);
  });
});
