/** `cks describe`: one store, or all of the account and Region. */
import { explainConnectionError } from '../../domain/connection-errors.ts';
import { type KeyStore, nameStore } from '../../domain/key-store.ts';
import { describeProperty, propertyNames } from '../../domain/properties.ts';
import { explainUnreadable } from '../../domain/reasons.ts';
import { describeStores } from '../../library.ts';
import { type Options, readConnection, readStore } from '../arguments.ts';
import { NoAnswerError } from '../errors.ts';
import type { Io } from '../io.ts';
import { createOutput } from '../output.ts';
import { createSession } from '../session.ts';

export async function describe(io: Io, options: Options, argument: string | undefined): Promise<number> {
  const output = createOutput(io, options);
  const isOne = argument !== undefined || options.customKeyStoreId !== undefined;
  const store = isOne ? readStore(argument, options) : undefined;
  const session = await createSession(io, { ...options, progress: 'none' }, output);
  const { place, reply } = await describeStores({
    ...readConnection(options),
    ...(session.options.logger ? { logger: session.options.logger } : {}),
    ...(store === undefined ? {} : { customKeyStoreId: store }),
  }).finally(session.end);
  if (!reply.ok) throw new NoAnswerError(explainUnreadable(reply.failure, store ?? 'custom key stores', place));
  const empty = `no custom key store in ${place.region}`;
  await output.answer({ ...place, stores: reply.value }, reply.value.map(render).join('\n\n') || empty);
  return 0;
}

function render(store: KeyStore): string {
  const { connectionState, connectionErrorCode: code, customKeyStoreType: type } = store;
  const why = code === undefined ? undefined : explainConnectionError(code, type);
  return [
    `${nameStore(store)}  ${connectionState}${code ? ` ${code}` : ''}`,
    `  ${'type'.padEnd(width)}  ${type}`,
    ...propertyNames.flatMap((name) => {
      const value = store.settings[name];
      return value === undefined || name === 'NewCustomKeyStoreName'
        ? []
        : [`  ${labelOf(name).padEnd(width)}  ${value}`];
    }),
    ...(why ? [`  cause: ${why.cause}`, `  next:  ${why.remedy}`] : []),
  ].join('\n');
}

const labelOf = (name: (typeof propertyNames)[number]) => describeProperty(name).label;

const width = Math.max(...propertyNames.map((name) => labelOf(name).length));
