/** Who called what with a key, as far as CloudTrail shows it. */
import type { CallSample } from '../domain/impact/impact.ts';
import type { Answer } from './answer.ts';

export interface KeyTrail {
  /**
   * The newest successful cryptographic calls with a key since `sinceMs`, one page of them at most. CloudTrail shows a call
   * minutes after it was made. Calls wait for each other: CloudTrail allows an account few such requests.
   */
  sampleCalls(keyArn: string, sinceMs: number, signal: AbortSignal): Promise<Answer<CallSample>>;
}
