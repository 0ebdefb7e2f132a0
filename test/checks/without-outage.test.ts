/** What a check finds means for a live change that may become an outage. */
import { describe, expect, it } from 'vitest';
import { warnWithoutOutage } from '../../src/checks/without-outage.ts';
import { type CheckFinding, isInTheWay } from '../../src/domain/checks.ts';
import { findMissing } from '../../src/domain/consent.ts';
import { makePlan, type Plan } from '../../src/domain/plan.ts';
import { defaultPolicy, type Policy } from '../../src/domain/policy.ts';
import type { Check } from '../../src/ports/checks.ts';

const store = {
  customKeyStoreId: 'cks-1234567890abcdef0',
  customKeyStoreType: 'EXTERNAL_KEY_STORE',
  connectionState: 'CONNECTED',
  settings: { XksProxyUriPath: '/old/kms/xks/v1' },
} as const;

const planFor = (policy: Partial<Policy>) =>
  makePlan(store, {
    change: { XksProxyUriPath: '/new/kms/xks/v1' },
    previous: {},
    policy: { ...defaultPolicy, ...policy },
  });

async function observe(policy: Partial<Policy>, find: (plan: Plan) => CheckFinding['status'] | null) {
  const check = warnWithoutOutage<Check>({
    name: 'weather',
    run: async (_store, plan) => {
      const status = find(plan);
      return status && { status, message: 'it is dark' };
    },
  });
  const found = await check.run(store, planFor(policy), new AbortController().signal);
  return found && { check: 'weather', ...found };
}

describe('a check of a live change', () => {
  it('a check of a live change that cannot decide is a risk of the outage that KMS may ask for', async () => {
    const found = await observe({}, () => 'unknown');
    const findings = found ? [found] : [];
    expect(found).toMatchObject({ status: 'unknown', onlyOffline: true });
    expect(findMissing({ risks: [] }, findings, { accept: [] })).toEqual([]);
    expect(findMissing({ risks: [] }, findings, { accept: ['outage'] })).toEqual(['unknown:weather']);
    expect(findMissing({ risks: [] }, findings, { accept: ['outage', 'unknown:weather'] })).toEqual([]);
  });

  it('a check of a live change that cannot decide is a warning with --mode live', async () => {
    expect(await observe({ mode: 'live' }, () => 'unknown')).toEqual({
      check: 'weather',
      status: 'warned',
      message: 'it is dark',
      isUndecided: true,
    });
  });

  it('a check of a live change that concerns only an outage is made for a possible one, and refuses only where that was accepted', async () => {
    const onlyOffline = ({ mode: path }: Plan) => (path === 'offline' ? 'failed' : null);
    const found = await observe({}, onlyOffline);
    expect(found).toMatchObject({ status: 'failed', onlyOffline: true });
    expect(found && isInTheWay(found, [])).toBe(false);
    expect(found && isInTheWay(found, ['outage'])).toBe(true);
    expect(await observe({ mode: 'live' }, onlyOffline)).toBeNull();
  });

  it('a check of a live change that fails by itself is in the way of the live change too', async () => {
    const found = await observe({}, () => 'failed');
    expect(found && isInTheWay(found, [])).toBe(true);
  });
});
