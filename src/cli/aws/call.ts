/** A long name's words, read as `aws kms` reads them: into the options that our own commands have. */

import { describeProperty, optionName, type PropertyName, propertyNames } from '../../domain/properties.ts';
import { createVault } from '../../secrets/vault.ts';
import { readRequest } from '../input/request.ts';
import { previousOptions } from '../options/option-groups.ts';
import { hasFlag, type OptionValues, readText, readWord } from '../options/option-values.ts';
import { awsOptionWords } from '../options/option-words.ts';
import type { Io } from '../terminal/io.ts';
import { readCliInput } from './cli-input.ts';
import { addDefaults } from './config.ts';
import { inputsOf, type Operation, optionOf } from './operations.ts';
import { readPaging } from './paging.ts';
import { expandPath, findParamFile, readParam } from './param-file.ts';
import { openPrint, type Print } from './print.ts';
import { sampleAnswer, skeletonWords, writeSkeleton } from './skeleton.ts';

export interface Call {
  readonly optionValues: OptionValues;
  readonly print: Print;
}

/** Undefined where a sample was asked for: it is printed then, and nothing is left to do. @throws {InvalidInputError} */
export async function readCall(io: Io, operation: Operation, words: OptionValues): Promise<Call | undefined> {
  const { env } = io;
  readWord(words, 'cli-binary-format', awsOptionWords['cli-binary-format']);
  const skeleton = readSkeletonWord(words);
  const said = await addDefaults(env, words);
  const print = await openPrint(io, operation, said);
  const optionValues = readParams(env, operation, {
    ...(await readDocument(env, operation, said)),
    ...dropMissing(said),
  });
  if (skeleton === undefined) return { optionValues, print };
  if (skeleton === 'output') {
    await validate(operation, optionValues);
    await print(sampleAnswer(operation));
  } else io.stdout.write(writeSkeleton(operation, skeleton));
  return undefined;
}

function readSkeletonWord(optionValues: OptionValues) {
  return hasFlag(optionValues, 'generate-cli-skeleton')
    ? 'input'
    : readWord(optionValues, 'generate-cli-skeleton', skeletonWords);
}

/** @throws {InvalidInputError} when a call with this would be refused before it is sent */
async function validate(operation: Operation, optionValues: OptionValues): Promise<void> {
  if (operation === 'DescribeCustomKeyStores') {
    readPaging(optionValues);
    return;
  }
  const { window: _, ...request } = readRequest({ word: undefined, optionValues });
  const { prepareRequest } = await import('../../run/prepare.ts');
  // Any final state will do: that nothing would change is no fault of the input.
  await prepareRequest({ ...request, finalState: 'connected', onFailure: 'rollback' }, createVault());
}

function dropMissing(optionValues: OptionValues): OptionValues {
  return Object.fromEntries(Object.entries(optionValues).filter(([, value]) => value !== undefined));
}

/** The members of `--cli-input-json` or `--cli-input-yaml`, each as its option. */
async function readDocument(
  env: NodeJS.ProcessEnv,
  operation: Operation,
  optionValues: OptionValues,
): Promise<OptionValues> {
  const input = await readCliInput(env, operation, optionValues);
  const members = inputsOf(operation).filter(({ name }) => input[name] !== undefined);
  const toText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return Object.fromEntries(members.map((member) => [optionOf(member), toText(input[member.name])]));
}

/** A secret in a file stays there until it is needed; of everything else the file is read now. */
function readParams(env: NodeJS.ProcessEnv, operation: Operation, optionValues: OptionValues): OptionValues {
  const read: Record<string, string> = {};
  const names = [...inputsOf(operation).map(optionOf), ...Object.values(previousOptions)];
  for (const name of names) {
    const value = readText(optionValues, name);
    const path = value === undefined ? undefined : findParamFile(value);
    if (value === undefined || path === undefined) continue;
    read[name] = secretOptions.includes(name) ? `file:${expandPath(path, env)}` : readParam(`--${name}`, value, env);
  }
  return { ...optionValues, ...read };
}

const isSecret = (name: PropertyName) => describeProperty(name).secret === true;

const secretOptions: readonly string[] = [
  ...propertyNames.filter(isSecret).map(optionName),
  previousOptions.KeyStorePassword,
];
