/** What the chart is built of: its types, actors, guards and actions, by name. */
import { assign, setup } from 'xstate';
import * as actions from './actions.ts';
import type { Event } from './actor-inputs.ts';
import type { Context, Input } from './context.ts';
import * as explaining from './explain.ts';
import { guards } from './guards.ts';
import { plan } from './plan.ts';
import { unprovidedActors } from './unprovided.ts';

export const lifecycle = setup({
  types: { context: {} as Context, events: {} as Event, input: {} as Input, output: {} as Context },
  actors: unprovidedActors,
  guards,
  actions: {
    record: assign(actions.record),
    plan: assign(plan),
    countRetry: assign(actions.countRetry),
    leaveUnrestored: assign(actions.leaveUnrestored),
    beginRollback: assign(actions.beginRollback),
    refuseLive: assign(actions.refuseLive),
    explain: assign(explaining.explain),
    explainStop: assign(explaining.explainStop),
    explainExpiry: assign(explaining.explainExpiry),
    explainLateness: assign(explaining.explainLateness),
    explainNoRollback: assign(explaining.explainNoRollback),
    explainDisabledKeys: assign(explaining.explainDisabledKeys),
    explainUnexpected: assign(explaining.explainUnexpected),
  },
});

/** What nearly every arrow does: remember the answer, and say why where the road turns. */
export const record = ['record'] as const;
export const explain = ['record', 'explain'] as const;
export const explainStop = ['record', 'explainStop'] as const;
export const explainExpiry = ['record', 'explainExpiry'] as const;
export const explainLateness = ['record', 'explainLateness'] as const;
export const explainDisabledKeys = ['record', 'explainDisabledKeys'] as const;
export const explainUnexpected = ['record', 'explainUnexpected'] as const;
/** First in each state that has acted: KMS cannot be asked, so wait for it. */
export const cutOff = { guard: 'isCutOff', target: '#suspended', actions: record } as const;
