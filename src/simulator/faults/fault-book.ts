/** The one vocabulary of faults: which calls are meant, and what befalls them. First ordered, first served. */
import { type Duration, drawDurationMs } from '../durations.ts';
import type { FaultDescription } from '../fault.ts';
import type { Random } from '../random.ts';
import type { ConnectionState, FailureCode } from '../shapes.ts';
import type { Store } from '../store.ts';

/** Which calls are meant: those that fit all that is said here. */
export interface CallMatch {
  readonly operation?: string;
  /** Id or name of the store that the call names. */
  readonly store?: string;
  /** Id, ARN or alias of a key that the call names. */
  readonly key?: string;
  /** The state that this store is truly in when the call arrives. */
  readonly state?: ConnectionState;
  /** Access key id of the caller. */
  readonly caller?: string;
  /** The first of the fitting calls that is meant, counted from 1. Default 1. */
  readonly nth?: number;
  /** How many calls from that one on. Default 1. */
  readonly times?: number | 'always';
  /** From when and until when, in milliseconds after the fault was ordered. */
  readonly fromMs?: number;
  readonly untilMs?: number;
  /** How likely each of them is to be hit, from 0 to 1. Default 1. */
  readonly probability?: number;
}

export type FaultEffect =
  /** The answer is this fault, before the call had any effect or after it. */
  | { readonly kind: 'answer'; readonly fault: FaultDescription; readonly afterEffect: boolean }
  /** The answer comes later than it would, in milliseconds of the client's own time. */
  | { readonly kind: 'delay'; readonly delay: Duration }
  /** The Connect is accepted and ends FAILED. */
  | {
      readonly kind: 'failConnect';
      readonly errorCode: FailureCode;
      /** Milliseconds from the Connect to FAILED; default: as long as a connect takes. */
      readonly connectMs?: number;
    };

export interface FaultRule {
  readonly match: CallMatch;
  readonly effect: FaultEffect;
}

/** A call as it arrives, before anything is known of its input but the store that it names. */
export interface ArrivedCall {
  readonly operation: string;
  readonly store: Store | undefined;
  /** Whether it names the key of this id, ARN or alias. */
  readonly isForKey: (name: string) => boolean;
  readonly caller: string | undefined;
  readonly nowMs: number;
}

export interface Applied {
  readonly answer: Extract<FaultEffect, { kind: 'answer' }> | undefined;
  readonly failConnect: Extract<FaultEffect, { kind: 'failConnect' }> | undefined;
  readonly delayMs: number;
}

export interface FaultBook {
  order(rule: FaultRule, nowMs: number): void;
  /** What befalls this call. Delays add up; of several answers the first ordered stands, and the others wait. */
  meet(call: ArrivedCall): Applied;
  /** The rules that may still strike, in order. */
  readonly rules: readonly FaultRule[];
  clear(): void;
}

interface Entry {
  readonly rule: FaultRule;
  readonly orderedAtMs: number;
  seen: number;
  struck: number;
}

export function createFaultBook(random: Random): FaultBook {
  let entries: Entry[] = [];

  function strikes(entry: Entry, call: ArrivedCall): boolean {
    const { nth = 1, probability = 1 } = entry.rule.match;
    if (!fits(entry, call)) return false;
    entry.seen += 1;
    if (entry.seen < nth || (probability < 1 && random.next() >= probability)) return false;
    entry.struck += 1;
    return true;
  }

  return {
    order: (rule, nowMs) => void entries.push({ rule, orderedAtMs: nowMs, seen: 0, struck: 0 }),
    meet(call) {
      if (entries.length === 0) return nothing;
      const struck: FaultEffect[] = [];
      for (const entry of entries) {
        const { kind } = entry.rule.effect;
        if (kind !== 'delay' && struck.some((other) => other.kind === kind)) continue;
        if (strikes(entry, call)) struck.push(entry.rule.effect);
      }
      entries = entries.filter((entry) => !isSpent(entry, call.nowMs));
      return {
        answer: struck.find((effect) => effect.kind === 'answer'),
        failConnect: struck.find((effect) => effect.kind === 'failConnect'),
        delayMs: struck.reduce((sum, effect) => sum + drawDelayMs(effect, random), 0),
      };
    },
    get rules() {
      return entries.map(({ rule }) => rule);
    },
    clear() {
      entries = [];
    },
  };
}

const nothing: Applied = { answer: undefined, failConnect: undefined, delayMs: 0 };

function fits({ rule: { match }, orderedAtMs }: Entry, call: ArrivedCall): boolean {
  const { operation, store, caller, nowMs } = call;
  const afterMs = nowMs - orderedAtMs;
  return (
    (match.operation === undefined || match.operation === operation) &&
    (match.store === undefined || match.store === store?.id || match.store === store?.name) &&
    (match.key === undefined || call.isForKey(match.key)) &&
    (match.state === undefined || match.state === store?.connection.state) &&
    (match.caller === undefined || match.caller === caller) &&
    afterMs >= (match.fromMs ?? 0) &&
    afterMs < (match.untilMs ?? Number.POSITIVE_INFINITY)
  );
}

function isSpent({ rule: { match }, orderedAtMs, struck }: Entry, nowMs: number): boolean {
  const { times = 1, untilMs = Number.POSITIVE_INFINITY } = match;
  return (times !== 'always' && struck >= times) || nowMs - orderedAtMs >= untilMs;
}

function drawDelayMs(effect: FaultEffect, random: Random): number {
  return effect.kind === 'delay' ? drawDurationMs(effect.delay, random.next()) : 0;
}
