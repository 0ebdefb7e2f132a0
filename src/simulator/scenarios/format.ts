/**
 * The one table of scenario files, with its parts in the files beside it. The published JSON Schema, the messages about
 * mistakes and the TypeScript types all follow from it.
 */
import { type Interpretations, interpretations } from '../interpretations.ts';
import { orders } from './format-orders.ts';
import { connectionErrorCode, connectionState, duration, durations, operation, spread } from './format-values.ts';
import { credential, rate, staleRead, worldMembers } from './format-world.ts';
import {
  flag,
  type JsonSchema,
  list,
  number,
  type Of,
  structure,
  table,
  text,
  type ValueOf,
  whole,
  word,
} from './json-schema.ts';

const perType = structure('By type of store.', {}, { AWS_CLOUDHSM: durations, EXTERNAL_KEY_STORE: durations });

/** A switch is a flag, a word, or a list of properties. */
function toSchema({ question, values }: (typeof interpretations)[keyof typeof interpretations]): JsonSchema {
  const [first] = values;
  if (typeof first === 'boolean') return flag(question);
  if (typeof first === 'string') return word(question, values as readonly string[]);
  return list(question, word('Property.', first));
}

const interpretationsSchema = structure(
  "Where AWS's documents disagree: how this world reads them.",
  {},
  Object.fromEntries(Object.entries(interpretations).map(([name, row]) => [name, toSchema(row)])),
) as Of<Partial<Interpretations>>;

export const scenarioSchema = structure(
  'A world to rehearse in with cks simulator: what stands in it, what goes wrong, and how a run in it should end.',
  { summary: text('What is rehearsed, in one line.', { minLength: 1, maxLength: 58, pattern: '^[^\\n]*$' }) },
  {
    $schema: text('Where an editor finds this schema.'),
    description: text('What happens, and what there is to learn.', { maxLength: 2_000 }),
    seed: whole('The same seed gives the same ids, durations and chances; default 1.', 0, 4_294_967_295),
    region: text('The Region; default us-east-1.', { pattern: '^[a-z0-9-]{1,40}$', examples: ['eu-central-1'] }),
    accountId: text('The account; default 111122223333.', { pattern: '^\\d{12}$', examples: ['"111122223333"'] }),
    durations: structure(
      'How long transitions take.',
      {},
      {
        connect: perType,
        disconnect: perType,
        deferredToggle: {
          ...durations,
          description:
            'From CONNECTED until a key is as EnableKey or DisableKey wanted it while it was Unavailable; default seconds to minutes.',
        },
        trailDelay: {
          ...durations,
          description: 'From an event until CloudTrail shows it; default one to 15 minutes.',
        },
      },
    ),
    hosts: structure(
      'How a live change reaches the hosts of KMS.',
      {},
      { count: whole('How many there are; default 4.', 1, 1_000), lag: durations },
    ),
    interpretations: interpretationsSchema,
    ...worldMembers,
    ...orders,
    expect: structure(
      'A command to try, and how it should end.',
      {
        command: text('The command line.', { pattern: '^cks ', examples: ['cks reconnect prod-hsm --yes'] }),
        outcome: text('The outcome it ends with.', { pattern: '^[a-zA-Z]{1,40}$', examples: ['updated'] }),
        state: { ...connectionState, description: 'The state the store is in afterwards.' },
      },
      {
        environment: table('What the command needs in its environment.', text('Value.', { maxLength: 5_000 })),
      },
    ),
  },
);

/** What the control endpoint takes: everything of a scenario that may change while it runs. */
export const changeSchema = structure('A change of a running world.', {}, { ...worldMembers, ...orders });

/** What the control endpoint takes to move time. */
export const timeSchema = structure('Time.', {}, { advance: duration, scale: number('Pace.', 0, 1_000_000) });

export type Scenario = ValueOf<typeof scenarioSchema>;
export type Change = ValueOf<typeof changeSchema>;
export type WorldMembers = Omit<Change, 'faults' | 'externalActors' | 'traffic'>;
export type FaultText = NonNullable<Change['faults']>[number];
export type ExternalActorText = NonNullable<Change['externalActors']>[number];
export type DurationText = ValueOf<typeof durations>;

/** What stands in several places of the published schema, by its name there. */
const shared: Readonly<Record<string, JsonSchema>> = {
  duration,
  spread,
  durations,
  perType,
  operation,
  rate,
  credential,
  staleRead,
  connectionErrorCode,
  ...worldMembers,
};

const namesOfShared = new Map<unknown, string>(Object.entries(shared).map(([name, schema]) => [schema, name]));

/** The same, with a reference in place of each shared schema inside it. */
function refer(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const name = namesOfShared.get(value);
  return name === undefined ? referInside(value) : { $ref: `#/definitions/${name}` };
}

function referInside(value: object): unknown {
  if (Array.isArray(value)) return value.map(refer);
  return Object.fromEntries(Object.entries(value).map(([member, inner]) => [member, refer(inner)]));
}

/** The schema as it is published. */
export function publishSchema(): Readonly<Record<string, unknown>> {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'cks simulator scenario',
    ...(referInside(scenarioSchema) as object),
    definitions: Object.fromEntries(Object.entries(shared).map(([name, schema]) => [name, referInside(schema)])),
  };
}
