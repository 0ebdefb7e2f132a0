/** How a request reaches KMS. */
import type { Operation } from '../../domain/outcome.ts';

/** What is asked of keys, beside the operations on stores. */
export type KeyOperation =
  | 'ListKeys'
  | 'DescribeKey'
  | 'CreateKey'
  | 'CreateAlias'
  | 'EnableKey'
  | 'DisableKey'
  | 'ListAliases'
  | 'GetKeyLastUsage'
  | 'ListGrants'
  | 'GetKeyPolicy'
  | 'Encrypt'
  | 'Decrypt'
  | 'GenerateRandom';

export type KmsOperation = Operation | KeyOperation;

/** Sends one request, without retries, and throws as the AWS SDK does. `signal`: breaks off what only reads. */
export type Send = (
  operation: KmsOperation,
  input: Readonly<Record<string, unknown>>,
  signal?: AbortSignal,
) => Promise<{ readonly output: Readonly<Record<string, unknown>>; readonly requestId?: string }>;
