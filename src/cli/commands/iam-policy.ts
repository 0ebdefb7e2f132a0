/** `cks iam-policy`: the least that an AWS identity must be allowed, as JSON. Calls nothing. */

import { makeIamPolicy } from '../../checks/iam-policy.ts';
import { isRoleArn, roleForm } from '../../domain/dead-mans-switch.ts';
import { requireNotify } from '../../library/notify.ts';
import { InvalidInputError } from '../../run/errors.ts';
import { type Given, isGiven, readList, readText, readWord, readWords } from '../given.ts';
import type { Io } from '../io.ts';
import { optionWords } from '../option-words.ts';
import type { CommandArguments } from '../order.ts';
import { readLockTable } from '../session.ts';

export async function run(io: Io, { given }: CommandArguments): Promise<number> {
  const type = readWord(given, 'type', optionWords.type);
  const account = readMatch(given, 'account', /^\d{12}$/, 'the 12 digits of an account');
  const region = readMatch(given, 'region', /^[a-z0-9-]+$/, 'a Region, such as eu-central-1');
  const trialConnect = isGiven(given, 'trial-connect');
  if (trialConnect && type === 'AWS_CLOUDHSM') {
    throw new InvalidInputError(
      '--trial-connect is for external key stores: a cluster can be in one CloudHSM key store only',
    );
  }
  const lambdaFunction = readMatch(given, 'lambda-function', /^[\w-]{1,64}$/, 'the name of a Lambda function');
  const policy = makeIamPolicy({
    ...(type ? { type } : {}),
    ...(account ? { account } : {}),
    ...(region ? { region } : {}),
    without: readWords(given, 'without', optionWords.without),
    secrets: readSecrets(given),
    trialConnect,
    ...readRole(given),
    readOnly: isGiven(given, 'read-only'),
    ...readLockTable(given),
    ...(lambdaFunction === undefined ? {} : { lambdaFunction }),
    notify: readNotify(given),
  });
  io.stdout.write(`${JSON.stringify(policy, null, 2)}\n`);
  return 0;
}

function readRole(given: Given) {
  const role = readText(given, 'dead-mans-switch');
  if (role === undefined) return {};
  if (!isRoleArn(role)) throw new InvalidInputError(`--dead-mans-switch takes ${roleForm}`);
  return { deadMansSwitch: role };
}

/** A URL takes no right of AWS. */
function readNotify(given: Given): readonly string[] {
  const where = readList(given, 'notify');
  requireNotify(where);
  return where;
}

/** No message repeats what was given: it may be the secret in the place of its ARN. */
function readSecrets(given: Given): readonly string[] {
  const arns = readList(given, 'secret');
  if (arns.every((arn) => /^arn:[\w-]+:secretsmanager:[^\s"]+$/.test(arn))) return arns;
  throw new InvalidInputError('--secret takes the ARN of a secret in Secrets Manager');
}

function readMatch(given: Given, name: string, pattern: RegExp, what: string): string | undefined {
  const text = readText(given, name);
  if (text !== undefined && !pattern.test(text)) throw new InvalidInputError(`--${name} takes ${what}`);
  return text;
}
