/** `--cli-input-json` and `--cli-input-yaml`: the whole input of an operation as one document. */
import { InvalidInputError } from '../../run/errors.ts';
import { type OptionValues, readText } from '../options/option-values.ts';
import { type InputType, inputsOf, type Operation } from './operations.ts';
import { readParam } from './param-file.ts';

/** Spelled as the API spells it; each of the type that it must have, and no more is known of it. */
export type CliInput = Readonly<Record<string, unknown>>;

const typeWords: Readonly<Record<InputType, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  integer: Number.isSafeInteger,
  structure: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

/** @throws {InvalidInputError} whose message holds nothing of the document: there may be a secret in it */
export async function readCliInput(
  env: NodeJS.ProcessEnv,
  operation: Operation,
  optionValues: OptionValues,
): Promise<CliInput> {
  const [json, yaml] = [readText(optionValues, 'cli-input-json'), readText(optionValues, 'cli-input-yaml')];
  if (json !== undefined && yaml !== undefined) {
    throw new InvalidInputError('--cli-input-json and --cli-input-yaml exclude each other');
  }
  if (json !== undefined)
    return check('--cli-input-json', operation, parseJson(readParam('--cli-input-json', json, env)));
  if (yaml !== undefined)
    return check('--cli-input-yaml', operation, await parseYaml(readParam('--cli-input-yaml', yaml, env)));
  return {};
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new InvalidInputError('--cli-input-json: expected JSON, or a file:// with JSON');
  }
}

async function parseYaml(text: string): Promise<unknown> {
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { logLevel: 'error', stringKeys: true });
  try {
    // Aliases that multiply are refused here.
    if (document.errors.length === 0) return document.toJS({ maxAliasCount: 20 });
  } catch {}
  throw new InvalidInputError('--cli-input-yaml: expected YAML, or a file:// with YAML');
}

function check(option: string, operation: Operation, document: unknown): CliInput {
  if (!typeWords.structure(document)) throw new InvalidInputError(`${option} must hold an object`);
  const input = document as CliInput;
  for (const [name, value] of Object.entries(input)) {
    const member = inputsOf(operation).find((known) => known.name === name);
    if (member === undefined) {
      throw new InvalidInputError(
        `${option} has a member that is unknown to ${operation}; --generate-cli-skeleton shows all members`,
      );
    }
    if (!typeWords[member.type](value))
      throw new InvalidInputError(`${option}: ${name} must be ${articles[member.type]}`);
  }
  return input;
}

const articles: Readonly<Record<InputType, string>> = {
  string: 'a string',
  integer: 'a whole number',
  structure: 'an object',
};
