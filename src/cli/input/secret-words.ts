/** Secrets of an order: typed unseen for `prompt`, piped for `stdin`, and warned of where they stand on the command line. */
import { isKeptReference } from '../../domain/change.ts';
import { describeProperty, type PropertyName, propertyNames } from '../../domain/properties.ts';
import { InvalidInputError } from '../../run/errors.ts';
import type { ChangeInput, UpdateInput } from '../../run/prepare.ts';
import { sayWarning } from '../output/say-error.ts';
import { type Io, isInteractive } from '../terminal/io.ts';
import { decode } from './read-file.ts';

type Values = Pick<UpdateInput, 'change' | 'previous'>;

/**
 * The same order with its secrets taken; none that KMS takes is as short as the two words.
 *
 * @throws {InvalidInputError} without a terminal to type at, or if the pipe is empty
 */
export async function takeSecrets<T extends Values>(io: Io, request: T): Promise<T> {
  const plain = new Set<string>();
  const take = createTaker(io, plain);
  const change = request.change && (await takeFrom(request.change, '', take));
  const previous = request.previous && (await takeFrom(request.previous, 'previous ', take));
  if (plain.size > 0) {
    sayWarning(
      io,
      `warning: the secret of ${[...plain].join(' and ')} can be seen in the process list and the shell history; env:NAME, file:PATH, stdin, prompt or secretsmanager:ARN keeps it out`,
    );
  }
  return { ...request, ...(change ? { change } : {}), ...(previous ? { previous } : {}) };
}

type Take = (word: string, name: PropertyName, which: string) => Promise<string>;

async function takeFrom(values: ChangeInput, which: string, take: Take): Promise<ChangeInput> {
  const taken: Record<string, unknown> = { ...values };
  for (const name of propertyNames) {
    const value = values[name];
    if (isCredential(value)) {
      taken[name] = { ...value, RawSecretAccessKey: await take(value.RawSecretAccessKey, name, which) };
    } else if (isSecret(name) && typeof value === 'string') taken[name] = await take(value, name, which);
  }
  return taken;
}

const isSecret = (name: PropertyName) => describeProperty(name).secret === true;

function isCredential(value: ChangeInput[PropertyName]): value is { AccessKeyId: string; RawSecretAccessKey: string } {
  return typeof value === 'object' && value !== null;
}

/** `plain`: gets the properties whose secret is a part of the command line. */
function createTaker(io: Io, plain: Set<string>): Take {
  let isRead = false;
  return async (word, name, which) => {
    const what = `${which}${name}`;
    if (word === 'prompt') return promptFor(io, what);
    if (word !== 'stdin') {
      if (!isKeptReference(word) && io.argv.some((said) => said.includes(word))) plain.add(name);
      return word;
    }
    if (isRead) throw new InvalidInputError('one secret can come through stdin, not two');
    isRead = true;
    return readPipe(io, what);
  };
}

async function promptFor(io: Io, what: string): Promise<string> {
  if (!isInteractive(io)) throw new InvalidInputError(`${what}: prompt needs a terminal`);
  const { createSecretQuestion } = await import('../terminal/questions.ts');
  const ask = createSecretQuestion(io, new AbortController().signal, (name) => `Secret of ${name}:`);
  return ask(what);
}

const longestBytes = 65_536;

async function readPipe({ stdin }: Io, what: string): Promise<string> {
  if (stdin.isTTY === true) throw new InvalidInputError(`${what}: stdin is a terminal; use prompt to type it (hidden)`);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stdin) {
    chunks.push(Buffer.from(chunk));
    length += chunk.length;
    if (length > longestBytes) throw new InvalidInputError(`${what}: what comes through stdin is too long`);
  }
  const text = decode(Buffer.concat(chunks), `${what}: what comes through stdin`).replace(/\r?\n$/, '');
  if (text === '') throw new InvalidInputError(`${what}: nothing comes through stdin`);
  return text;
}
