/**
 * Looks into the results of steps, which are anybody's JSON here: another version may have written them. What is not
 * there, or is not what was expected, is undefined.
 */
import type { FencedKey, FencedKeyState } from '../../domain/fence.ts';
import type { ConnectionState } from '../../domain/key-store.ts';
import { members } from './members.ts';

const states: Readonly<Record<ConnectionState, true>> = {
  CONNECTED: true,
  CONNECTING: true,
  FAILED: true,
  DISCONNECTED: true,
  DISCONNECTING: true,
};

export interface PeekedStore {
  readonly customKeyStoreId: string;
  readonly name: string | null;
  readonly connectionState: ConnectionState;
  readonly clusterId: string | null;
}

function peekStore(value: unknown): PeekedStore | undefined {
  const { customKeyStoreId, connectionState, settings } = members(value);
  const state = peekState(connectionState);
  if (typeof customKeyStoreId !== 'string' || !state) return undefined;
  const { name, CloudHsmClusterId: clusterId } = members(settings);
  const textOf = (word: unknown) => (typeof word === 'string' ? word : null);
  return { customKeyStoreId, name: textOf(name), connectionState: state, clusterId: textOf(clusterId) };
}

/** `FAILED INTERNAL_ERROR`, as a wait notes it, is FAILED. */
export function peekState(value: unknown): ConnectionState | undefined {
  const [word = ''] = typeof value === 'string' ? value.split(' ') : [];
  return Object.hasOwn(states, word) ? (word as ConnectionState) : undefined;
}

export function peekKind(value: unknown): string | undefined {
  const { kind } = members(value);
  return typeof kind === 'string' ? kind : undefined;
}

/** A call that was not decided, and of which it is known that KMS did not carry it out. */
export function isNotDone(value: unknown): boolean {
  const { kind, mayBeDone } = members(value);
  return (kind === 'cutOff' || kind === 'unclear') && mayBeDone === false;
}

export function peekOperation(sending: unknown): string | undefined {
  const { operation } = members(sending);
  return typeof operation === 'string' ? operation : undefined;
}

export function peekSeen(value: unknown): PeekedStore | undefined {
  return peekStore(members(members(value).observed).store);
}

/** Of the input of a run. */
export function peekResumed(input: unknown): string | null {
  const { runId } = members(members(input).resumedFrom);
  return typeof runId === 'string' ? runId : null;
}

/** Of a call that was announced. */
export function peekFencedAhead(sending: unknown): PeekedKeys | undefined {
  return peekFencedKeys(members(sending).resume);
}

export type PeekedKeys = readonly Pick<FencedKey, 'keyId' | 'state'>[];

const keyStates: readonly string[] = ['enabled', 'disabled', 'withheld', 'left'] satisfies readonly FencedKeyState[];

/** Of the answer of a step, or of a result. */
export function peekFencedKeys(value: unknown): PeekedKeys | undefined {
  const { keys } = members(members(value).fence);
  if (!Array.isArray(keys)) return undefined;
  return keys.flatMap((key) => {
    const { keyId, state } = members(key);
    const isKnown = typeof keyId === 'string' && typeof state === 'string' && keyStates.includes(state);
    return isKnown ? [{ keyId, state: state as FencedKeyState }] : [];
  });
}

export function peekAfter(result: unknown): PeekedStore | undefined {
  return peekStore(members(result).after);
}
