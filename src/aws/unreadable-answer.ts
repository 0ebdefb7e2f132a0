/** Answers that came without an error, and without what cks needs of them: no member of most answers of KMS is required. */
import type { Reply } from '../ports/kms.ts';
import { classify } from './classify.ts';

type Output = Readonly<Record<string, unknown>>;

/** The name is the code of the failure that it becomes. */
export class UnreadableAnswerError extends Error {
  override readonly name = 'UNREADABLE_ANSWER';

  /** `missing`: the member that is not there, or not of its type. */
  constructor(missing: string) {
    super(`the answer holds no ${missing}`);
  }
}

/** What `read` makes of an answer. If it throws UnreadableAnswerError, the call failed. */
export function readReply<T>(reply: Reply<Output>, read: (output: Output) => T): Reply<T> {
  if (!reply.ok) return reply;
  try {
    return { ...reply, value: read(reply.value) };
  } catch (error) {
    if (!(error instanceof UnreadableAnswerError)) throw error;
    return { ok: false, failure: classify(error), calls: reply.calls };
  }
}
