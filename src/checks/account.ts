/** Whether the AWS credentials are those of the account that was expected. */
import type { Check } from '../ports/checks.ts';

/** `account`: as far as it is known, else `unknown`. */
export function createAccountCheck(expected: string, account: string): Check {
  return {
    name: 'account',
    async run() {
      return account === expected
        ? { status: 'passed', message: `the credentials are those of account ${account}` }
        : { status: 'failed', message: `the credentials are those of account ${account}, not of ${expected}` };
    },
  };
}
