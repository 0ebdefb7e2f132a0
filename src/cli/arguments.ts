/** Turns parsed options into what the library takes. */

import type { Policy } from '../domain/policy.ts';
import { describeProperty, optionName, type PropertyName, propertyNames } from '../domain/properties.ts';
import type { ChangeInput, OrderInput } from '../run/prepare.ts';
import { parseCredential } from './credential.ts';
import { UsageError } from './usage-error.ts';

/** Options as commander hands them over, by their camelCase names. */
export type Options = Readonly<Record<string, unknown>>;

export function readStore(argument: string | undefined, options: Options): string {
  const option = options.customKeyStoreId as string | undefined;
  if (argument !== undefined && option !== undefined && argument !== option) {
    throw new UsageError('two different stores are named: one as argument, one with --custom-key-store-id');
  }
  const store = argument ?? option;
  if (!store) throw new UsageError('which custom key store? Give its id or name as the first argument');
  return store;
}

export function readConnection(options: Options): { region?: string; profile?: string; endpoint?: string } {
  const pick = (from: string, to: string) => (options[from] === undefined ? {} : { [to]: options[from] as string });
  return { ...pick('region', 'region'), ...pick('profile', 'profile'), ...pick('endpointUrl', 'endpoint') };
}

export function readOrder(store: string, options: Options): OrderInput {
  const previous = options.previousXksProxyAuthenticationCredential as string | undefined;
  return {
    customKeyStoreId: store,
    change: readChange(options),
    ...(previous === undefined
      ? {}
      : {
          previous: {
            XksProxyAuthenticationCredential: parseCredential(
              '--previous-xks-proxy-authentication-credential',
              previous,
            ),
          },
        }),
    ...readPolicy(options),
  };
}

export function readPolicy(options: Options): Partial<Policy> {
  const policy = {
    accept: options.accept,
    skipChecks: options.skipCheck,
    path: options.path,
    finalState: options.finalState,
    disconnectDeadlineMs: options.disconnectDeadline,
    connectDeadlineMs: options.connectDeadline,
  };
  return Object.fromEntries(Object.entries(policy).filter(([, value]) => value !== undefined));
}

function readChange(options: Options): ChangeInput {
  const given = propertyNames.flatMap((name) => {
    const value = options[camelCase(optionName(name))] as string | undefined;
    if (value === undefined) return [];
    const isStructure = describeProperty(name).visibleMember !== undefined;
    return [[name, isStructure ? parseCredential(`--${optionName(name)}`, value) : value] as const];
  });
  return Object.fromEntries(given);
}

/** The options that were given a secret itself, and so left it in the shell's history and in the list of processes. */
export function findPlainSecrets({ change = {}, previous = {} }: OrderInput): readonly string[] {
  const isPlain = (secret: unknown) => typeof secret === 'string' && !/^(env|file):/.test(secret);
  const found = (values: ChangeInput, prefix: string) =>
    (Object.entries(values) as [PropertyName, unknown][]).flatMap(([name, value]) => {
      const { secret, secretMember } = describeProperty(name);
      const word = secretMember ? (value as Record<string, unknown>)[secretMember.name] : secret ? value : undefined;
      return isPlain(word) ? [`--${prefix}${optionName(name)}`] : [];
    });
  return [...found(change, ''), ...found(previous, 'previous-')];
}

function camelCase(option: string): string {
  return option.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}
