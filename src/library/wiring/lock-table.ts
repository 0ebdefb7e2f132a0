/** Which lock table is meant: by name, in the Region of the store, or by ARN, wherever that is. */
import { readArn } from '../../domain/arn.ts';
import { InvalidInputError } from '../../run/errors.ts';

/** Source: the DynamoDB API reference, TableName. */
const name = /^[\w.-]{3,255}$/;
const arn = /^arn:[\w-]+:dynamodb:[\w-]+:\d{12}:table\/[\w.-]{3,255}$/;

/** What was given, else `CKS_LOCK_TABLE`; an empty variable counts as none. @throws {InvalidInputError} */
export function findLockTable({ lockTable }: { readonly lockTable?: string }): string | undefined {
  const table = lockTable ?? (process.env.CKS_LOCK_TABLE || undefined);
  if (table === undefined || name.test(table) || arn.test(table)) return table;
  throw new InvalidInputError(
    'the lock table (--lock-table, CKS_LOCK_TABLE) is a name of 3 to 255 letters, digits and the signs _ . -, or the ARN of a DynamoDB table',
  );
}

export function findTableRegion(table: string): string | undefined {
  return readArn(table)?.region;
}
