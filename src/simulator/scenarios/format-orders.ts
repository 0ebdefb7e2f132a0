/** What goes wrong in a scenario, and what external actors do. */
import {
  connectionErrorCode,
  connectionState,
  duration,
  durations,
  operation,
  probability,
  storeName,
} from './format-values.ts';
import { worldMembers } from './format-world.ts';
import { either, flag, list, type Of, structure, text, whole, word } from './json-schema.ts';

const nth = whole('The first fitting moment that is meant, counted from 1; default 1.', 1, 1_000_000);

const keyName = text('Its id, ARN or alias.', { minLength: 1, maxLength: 2_048 });

const fault = structure(
  'What befalls the calls that fit all that is said; default the next one.',
  {},
  {
    operation,
    store: storeName,
    key: { ...keyName, description: 'Id, ARN or alias of a key that the call names.' },
    state: { ...connectionState, description: 'The state that the store is truly in when the call arrives.' },
    caller: text('Access key id of the caller.', { minLength: 1, maxLength: 128 }),
    nth,
    times: either('How many; default 1.', whole('So many.', 1, 1_000_000), word('All.', ['always'])),
    from: { ...duration, description: 'From when on, after it was ordered.' },
    until: { ...duration, description: 'Until when, after it was ordered.' },
    probability,
    error: either(
      'The answer is this error.',
      text('Its name.', { pattern: '^[A-Za-z]{1,100}$', examples: ['ThrottlingException'] }),
      structure(
        'The error in full.',
        { name: text('Its name.', { pattern: '^[A-Za-z]{1,100}$', examples: ['ThrottlingException'] }) },
        {
          message: text('Its text.', { maxLength: 1_000 }),
          statusCode: whole('Its HTTP status.', 400, 599),
          afterEffect: flag('Whether the call takes effect all the same.'),
        },
      ),
    ),
    reset: word('The connection is reset before the call takes effect, or after.', ['before', 'after']),
    hang: word('The answer never comes, and the call takes no effect (before) or does (after).', ['before', 'after']),
    delay: { ...durations, description: "The answer comes so much later, in the client's own time." },
    failConnect: structure(
      'The Connect is accepted and ends FAILED.',
      { code: connectionErrorCode },
      { after: { ...duration, description: 'How long after the Connect; default as long as a connect takes.' } },
    ),
  },
  [['error', 'reset', 'hang', 'delay', 'failConnect']],
);

const actor = structure(
  'Somebody else at a chosen moment. Faults do not befall them.',
  {},
  {
    before: { ...operation, description: 'Just before a call of this operation.' },
    after: { ...operation, description: 'Just after a call of this operation.' },
    at: { ...duration, description: 'So long after it was ordered.' },
    reaches: { ...connectionState, description: 'When a store enters this state.' },
    store: storeName,
    nth,
    times: whole('How many of these moments; default 1.', 1, 1_000),
    call: structure(
      'A call that they make. Without a CustomKeyStoreId it is for the store of the moment.',
      { operation },
      {
        input: { description: 'Its input, as KMS takes it.', type: 'object' } as Of<Readonly<Record<string, unknown>>>,
        caller: text('Whose it is in the record of calls.', { minLength: 1, maxLength: 128 }),
      },
    ),
    change: structure('What they change.', {}, worldMembers),
  },
  [
    ['before', 'after', 'at', 'reaches'],
    ['call', 'change'],
  ],
);

const uses = ['Encrypt', 'Decrypt', 'GenerateDataKey', 'GenerateDataKeyWithoutPlaintext'] as const;

const stream = structure(
  'An application that uses a key all the while.',
  {
    key: keyName,
    operation: word('What it is used for.', uses),
    every: { ...duration, description: 'How often.' },
  },
  {
    principal: text('Who uses it; default role/application.', {
      pattern: '^[\\w+=,.@:/-]{1,256}$',
      examples: ['role/payments-api', 'rds.amazonaws.com', 'arn:aws:iam::444455556666:role/reports'],
    }),
  },
);

export const orders = {
  faults: list('What befalls calls. First written, first served.', fault),
  externalActors: list('What somebody else does, and when.', actor),
  traffic: list('Who uses keys all the while; seen by GetKeyLastUsage, CloudTrail and CloudWatch.', stream),
};
