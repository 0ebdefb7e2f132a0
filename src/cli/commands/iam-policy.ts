/** `cks iam-policy`: the least that an AWS identity must be allowed, as JSON. Calls nothing. */

import { explainGuesses, makeIamPolicy, type PolicyOptions } from '../../checks/iam-policy.ts';
import { isRoleArn, roleForm } from '../../domain/dead-mans-switch.ts';
import { requireNotify } from '../../library/wiring/notify.ts';
import { InvalidInputError } from '../../run/errors.ts';
import type { CommandArguments } from '../input/request.ts';
import { readLockTable } from '../input/session.ts';
import {
  hasFlag,
  type OptionValues,
  readList,
  readText,
  readWord,
  readWords,
  rejectValue,
} from '../options/option-values.ts';
import { optionWords } from '../options/option-words.ts';
import type { OptionName } from '../options/options.ts';
import type { Io } from '../terminal/io.ts';

export async function run(io: Io, { optionValues }: CommandArguments): Promise<number> {
  const type = readWord(optionValues, 'type', optionWords.type);
  const account = readMatch(optionValues, 'account', /^\d{12}$/, 'the 12 digits of an account');
  const region = readMatch(optionValues, 'region', /^[a-z0-9-]+$/, 'a Region, such as eu-central-1');
  const trialConnect = hasFlag(optionValues, 'trial-connect');
  if (trialConnect && type === 'AWS_CLOUDHSM') {
    throw new InvalidInputError(
      '--trial-connect is for external key stores: a cluster can be in one CloudHSM key store only',
    );
  }
  const lambdaFunction = readMatch(optionValues, 'lambda-function', /^[\w-]{1,64}$/, 'the name of a Lambda function');
  const options: PolicyOptions = {
    ...(type ? { type } : {}),
    ...(account ? { account } : {}),
    ...(region ? { region } : {}),
    without: readWords(optionValues, 'without', optionWords.without),
    secrets: readSecrets(optionValues),
    trialConnect,
    fence: hasFlag(optionValues, 'fence'),
    canaryKey: hasFlag(optionValues, 'canary-key'),
    impact: hasFlag(optionValues, 'impact'),
    ...readRole(optionValues),
    readOnly: hasFlag(optionValues, 'read-only'),
    ...readLockTable(optionValues),
    ...(lambdaFunction === undefined ? {} : { lambdaFunction }),
    notify: readNotify(optionValues),
  };
  io.stdout.write(`${JSON.stringify(makeIamPolicy(options), null, 2)}\n`);
  for (const line of explainGuesses(options)) io.stderr.write(`${line}\n`);
  return 0;
}

function readRole(optionValues: OptionValues) {
  const role = readText(optionValues, 'dead-mans-switch');
  if (role === undefined) return {};
  if (!isRoleArn(role)) throw rejectValue('dead-mans-switch', role, roleForm);
  return { deadMansSwitch: role };
}

/** A URL takes no right of AWS. */
function readNotify(optionValues: OptionValues): readonly string[] {
  const where = readList(optionValues, 'notify');
  requireNotify(where);
  return where;
}

/** No message repeats what was given: it may be the secret in the place of its ARN. */
function readSecrets(optionValues: OptionValues): readonly string[] {
  const arns = readList(optionValues, 'secret');
  if (arns.every((arn) => /^arn:[\w-]+:secretsmanager:[^\s"]+$/.test(arn))) return arns;
  throw new InvalidInputError('--secret: expected the ARN of a secret in Secrets Manager');
}

function readMatch(optionValues: OptionValues, name: OptionName, pattern: RegExp, what: string): string | undefined {
  const text = readText(optionValues, name);
  if (text !== undefined && !pattern.test(text)) throw rejectValue(name, text, what);
  return text;
}
