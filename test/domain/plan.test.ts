import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makePlan } from '../../src/domain/plan.ts';
import { policies, stores } from '../support/arbitraries.ts';

describe('a plan', () => {
  it('takes a reconnect that shall end DISCONNECTED for a wrong input, whatever the store', () => {
    fc.assert(
      fc.property(stores, policies, (store, policy) => {
        const contradiction = { ...policy, intent: 'reconnect', finalState: 'disconnected' } as const;
        const { verdict, reason } = makePlan(store, { change: {}, previous: {}, policy: contradiction });

        expect(verdict).toBe('refused');
        expect(reason).toMatchObject({ code: 'INVALID_CHANGE', isInput: true });
        expect(reason?.message).toContain('a reconnect ends CONNECTED');
      }),
    );
  });
});
