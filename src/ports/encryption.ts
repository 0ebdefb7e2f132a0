/** With which KMS keys other things of AWS are encrypted. */
import type { Answer } from './answer.ts';

/** `arn`: of the thing itself. `key`: id, alias or ARN; null: a key of AWS's own, which is in no custom key store. */
export interface Encrypted {
  readonly arn: string;
  readonly key: string | null;
}

export interface Encryption {
  findSecret(secretId: string, signal: AbortSignal): Promise<Answer<Encrypted>>;
  /** Name or ARN. */
  findTable(table: string, signal: AbortSignal): Promise<Answer<Encrypted>>;
  findLogGroup(name: string, signal: AbortSignal): Promise<Answer<Encrypted>>;
  /** The environment variables of a Lambda function. */
  findFunction(name: string, signal: AbortSignal): Promise<Answer<Encrypted>>;
  /** What Lambda keeps of a durable execution, such as its checkpoints. `arn`: of the execution. */
  findExecution(arn: string, signal: AbortSignal): Promise<Answer<Encrypted>>;
  findTopic(arn: string, signal: AbortSignal): Promise<Answer<Encrypted>>;
  /** An event bus, by name or ARN. */
  findBus(bus: string, signal: AbortSignal): Promise<Answer<Encrypted>>;
}
