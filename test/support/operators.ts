/** Operators who answer a hold or a question, each after doing something. */
import type { Change } from '../../src/domain/change.ts';
import type { Risk } from '../../src/domain/policy.ts';

type Act = () => void | Promise<void>;
const nothing: Act = () => undefined;

/** Releases a hold. */
export const release = (act = nothing, correction: Change = {}, accepted: readonly Risk[] = []) => ({
  async wait() {
    await act();
    return { kind: 'released', correction, accepted } as const;
  },
});

/** Gives a hold up. */
export const giveUp = (act = nothing) => ({
  async wait() {
    await act();
    return { kind: 'givenUp' } as const;
  },
});

/** Approves a plan, and accepts no risk by name. */
export const approve = (act = nothing) => ({
  async ask() {
    await act();
    return { kind: 'approved', accepted: [] } as const;
  },
});

/** Declines a plan. */
export const decline = (act = nothing) => ({
  async ask() {
    await act();
    return { kind: 'declined' } as const;
  },
});
