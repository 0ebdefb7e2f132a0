/**
 * Proxies that stand outside this process. Nothing in here waits: where the answer of one is not at hand the work is given
 * up with an OpenQuestion, and repeated once the answer was fetched.
 */
import type { ProxyReply, ProxyRequest } from './protocol.ts';

export interface Question {
  /** Where the proxy listens: a URL without a path. */
  readonly address: string;
  readonly request: ProxyRequest;
  /** Set by the server that asked. */
  reply: ProxyReply | undefined;
}

/** Work that hands out each question that is open, and continues with its reply. */
export type Asking<T> = Generator<Question, T, void>;

export class OpenQuestion extends Error {
  readonly question: Question;
  constructor(question: Question) {
    super(`the proxy at ${question.address} has not been asked yet`);
    this.question = question;
  }
}

export interface Outside {
  /** @throws OpenQuestion if the answer was not fetched yet; RangeError if it cannot be fetched */
  recall(address: string, request: ProxyRequest): ProxyReply;
  /** Carries the work out with these answers at hand, and with no others. */
  withAnswers<T>(asked: readonly Question[], work: () => T): T;
}

export function createOutside(): Outside {
  let atHand: readonly Question[] = [];
  return {
    recall(address, request) {
      const asked = atHand.find((question) => question.address === address && isSame(question.request, request));
      if (!asked) throw new OpenQuestion({ address, request, reply: undefined });
      if (!asked.reply) throw new RangeError(`the proxy at ${address} is asked over serveSimulator alone`);
      return asked.reply;
    },
    withAnswers(asked, work) {
      const outer = atHand;
      atHand = asked;
      try {
        return work();
      } finally {
        atHand = outer;
      }
    },
  };
}

/** Work that is done anew asks the same with other ids and nonces in the body. */
function isSame(one: ProxyRequest, other: ProxyRequest): boolean {
  const members = ['endpoint', 'path', 'resource', 'accessKeyId', 'secret'] as const;
  return members.every((member) => one[member] === other[member]);
}
