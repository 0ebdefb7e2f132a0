/** A long name's words, read as `aws kms` reads them: into the options that our own commands have. */

import { describeProperty, optionName, type PropertyName, propertyNames } from '../../domain/properties.ts';
import { createVault } from '../../secrets/vault.ts';
import { type Given, isGiven, readText, readWord } from '../given.ts';
import type { Io } from '../io.ts';
import { previousOptions } from '../option-groups.ts';
import { awsOptionWords } from '../option-words.ts';
import { readRequest } from '../order.ts';
import { readCliInput } from './cli-input.ts';
import { addDefaults } from './config.ts';
import { inputsOf, type Operation, optionOf } from './operations.ts';
import { readPaging } from './paging.ts';
import { expandPath, findParamFile, readParam } from './param-file.ts';
import { openPrint, type Print } from './print.ts';
import { sampleAnswer, skeletonWords, writeSkeleton } from './skeleton.ts';

export interface Call {
  readonly given: Given;
  readonly print: Print;
}

/** Undefined where a sample was asked for: it is printed then, and nothing is left to do. @throws {InvalidInputError} */
export async function readCall(io: Io, operation: Operation, words: Given): Promise<Call | undefined> {
  const { env } = io;
  readWord(words, 'cli-binary-format', awsOptionWords['cli-binary-format']);
  const skeleton = readSkeletonWord(words);
  const said = await addDefaults(env, words);
  const print = await openPrint(io, operation, said);
  const given = readParams(env, operation, {
    ...(await readDocument(env, operation, said)),
    ...dropMissing(said),
  });
  if (skeleton === undefined) return { given, print };
  if (skeleton === 'output') {
    await validate(operation, given);
    await print(sampleAnswer(operation));
  } else io.stdout.write(writeSkeleton(operation, skeleton));
  return undefined;
}

function readSkeletonWord(given: Given) {
  return isGiven(given, 'generate-cli-skeleton') ? 'input' : readWord(given, 'generate-cli-skeleton', skeletonWords);
}

/** @throws {InvalidInputError} when a call with this would be refused before it is sent */
async function validate(operation: Operation, given: Given): Promise<void> {
  if (operation === 'DescribeCustomKeyStores') {
    readPaging(given);
    return;
  }
  const { window: _, ...request } = readRequest({ word: undefined, given });
  const { prepareRequest } = await import('../../run/prepare.ts');
  // Any final state will do: that nothing would change is no fault of the input.
  await prepareRequest({ ...request, finalState: 'connected', onFailure: 'rollback' }, createVault());
}

function dropMissing(given: Given): Given {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** The members of `--cli-input-json` or `--cli-input-yaml`, each as its option. */
async function readDocument(env: NodeJS.ProcessEnv, operation: Operation, given: Given): Promise<Given> {
  const input = await readCliInput(env, operation, given);
  const members = inputsOf(operation).filter(({ name }) => input[name] !== undefined);
  const toText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  return Object.fromEntries(members.map((member) => [optionOf(member), toText(input[member.name])]));
}

/** A secret in a file stays there until it is needed; of everything else the file is read now. */
function readParams(env: NodeJS.ProcessEnv, operation: Operation, given: Given): Given {
  const read: Record<string, string> = {};
  const names = [...inputsOf(operation).map(optionOf), ...Object.values(previousOptions)];
  for (const name of names) {
    const value = readText(given, name);
    const path = value === undefined ? undefined : findParamFile(value);
    if (value === undefined || path === undefined) continue;
    read[name] = secretOptions.includes(name) ? `file:${expandPath(path, env)}` : readParam(`--${name}`, value, env);
  }
  return { ...given, ...read };
}

const isSecret = (name: PropertyName) => describeProperty(name).secret === true;

const secretOptions: readonly string[] = [
  ...propertyNames.filter(isSecret).map(optionName),
  previousOptions.KeyStorePassword,
];
