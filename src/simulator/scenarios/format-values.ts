/** The values that scenario files are made of. */
import { enums, inputShapes, type OperationName, type StringShape } from '../shapes.ts';
import { either, number, type Of, structure, text, word } from './json-schema.ts';

export const operations = Object.keys(inputShapes) as OperationName[];

export const operation = word('Operation of KMS.', operations);

export const duration = text('A length of time.', {
  pattern: '^(\\d{1,6}(\\.\\d{1,3})?(ms|s|m|h)){1,4}$',
  examples: ['250ms', '90s', '5m', '1h30m'],
});

export const spread = structure(
  'Drawn anew each time, by the seed.',
  { shortest: duration, longest: duration },
  { usual: duration },
);

export const durations = either('A length of time, or a spread of them.', duration, spread);

export const probability = number('From 0, never, to 1, always.', 0, 1);

/** As the API model has it. */
export function fromShape({ min, max, pattern }: StringShape, description: string): Of<string> {
  return text(description, {
    ...(min === undefined ? {} : { minLength: min }),
    ...(max === undefined ? {} : { maxLength: max }),
    ...(pattern === undefined ? {} : { pattern: `^(?:${pattern})$` }),
  });
}

export const connectionState = word('State of the connection.', enums.ConnectionStateType);
export const connectionErrorCode = either(
  'Why a connect FAILED.',
  word('A code of the API model; none: KMS shows no code.', [...enums.ConnectionErrorCodeType, 'none']),
  text('A code that no API model has yet.', { pattern: '^[A-Z][A-Z0-9_]{2,63}$', examples: ['XKS_PROXY_ON_FIRE'] }),
);
export const storeName = text('Id or name of a store.', { minLength: 1, maxLength: 256 });
