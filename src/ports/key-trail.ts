/** Who called what with a key, as far as CloudTrail shows it. */
import type { CallSample } from '../domain/impact/impact.ts';
import type { Answer } from './answer.ts';

export interface SampleOptions {
  readonly sinceMs: number;
  /** After this instant, no further page is read. */
  readonly untilMs: number;
  readonly signal: AbortSignal;
}

export interface KeyTrail {
  /**
   * The newest successful cryptographic calls with a key since `sinceMs`: those of the first page that shows one, among few
   * pages. CloudTrail shows a call minutes after it was made. Calls wait for each other: CloudTrail allows an account few such
   * requests.
   */
  sampleCalls(keyArn: string, options: SampleOptions): Promise<Answer<CallSample>>;
}
