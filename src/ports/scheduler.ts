/** Calls ConnectCustomKeyStore at an instant, also when this process, its machine and its operator are gone. */
import type { Answer } from './answer.ts';

export interface SwitchRequest {
  readonly name: string;
  readonly customKeyStoreId: string;
  /** On a whole minute. */
  readonly atMs: number;
  /** The role that the scheduler takes on for the call. */
  readonly roleArn: string;
}

export interface Scheduler {
  /** One Connect, never tried again, and nothing is left of it then. Free where it is armed so already. */
  arm(request: SwitchRequest): Promise<Answer<null>>;
  /** Free if no schedule has that name. */
  disarm(name: string): Promise<Answer<null>>;
}

/** For callers that only read. */
export interface Schedules extends Scheduler {
  /** When the armed switch of that name fires; null without one. */
  find(name: string): Promise<Answer<{ readonly atMs: number } | null>>;
}
