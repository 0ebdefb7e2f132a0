/** Whether the AWS credentials are those of the account that was expected. */
import type { BuiltInCheck } from './rights.ts';

/** `account`: as far as it is known, else `unknown`. */
export function createAccountCheck(expected: string, account: string): BuiltInCheck {
  return {
    name: 'account',
    async run() {
      return account === expected
        ? { status: 'passed', message: `the credentials are those of account ${account}` }
        : { status: 'failed', message: `the credentials are those of account ${account}, not of ${expected}` };
    },
  };
}
