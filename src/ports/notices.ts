/** Who is told of a run elsewhere: a bus, a topic, a URL. */
import type { ProgressEvent, Whereabouts } from './progress.ts';

/** One event of a run, with where the run was; JSON, and no secret in it. */
export interface Notice extends Omit<Whereabouts, 'store'> {
  readonly type: ProgressEvent['type'];
  /** ISO 8601. */
  readonly time: string;
  /** What else the event holds, such as `outcome`. */
  readonly [detail: string]: unknown;
}

export interface Notices {
  /** Where they go, for people; nothing in it may be a secret. */
  readonly name: string;
  /** @throws where the notice did not arrive; then it is lost. `signal`: nobody waits for it any longer. */
  send(notice: Notice, signal: AbortSignal): Promise<void>;
}
