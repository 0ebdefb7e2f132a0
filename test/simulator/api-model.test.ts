import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { declaredErrors } from '../../src/simulator/declared-errors.ts';
import { enums, inputShapes, type OperationName, type Shape } from '../../src/simulator/shapes.ts';

const modelPath = '../shared/reference/api-models/kms.json';

interface ModelShape {
  type: string;
  members?: Record<string, string>;
  required?: string[];
  enum?: string[];
  min?: number;
  max?: number;
  pattern?: string;
  sensitive?: boolean;
}

interface Model {
  operations: Record<string, { input: string; errors: string[] }>;
  shapes: Record<string, ModelShape>;
}

describe.skipIf(!existsSync(modelPath))('the API model of KMS', () => {
  const model: Model = existsSync(modelPath)
    ? JSON.parse(readFileSync(modelPath, 'utf8'))
    : { operations: {}, shapes: {} };
  const operations = Object.keys(inputShapes) as OperationName[];

  /** A shape of the model in the form of the simulator's table. */
  const readShape = (name: string): unknown => {
    const {
      type,
      members,
      required,
      sensitive,
      enum: words,
      min,
      max,
      pattern,
    } = model.shapes[name] ?? { type: 'none' };
    if (type === 'structure') {
      const entries = Object.entries(members ?? {}).map(([member, shape]) => [member, readShape(shape)]);
      return { type, required: required ?? [], members: Object.fromEntries(entries) };
    }
    return { type, ...(words ? { enum: words } : {}), min, max, pattern, sensitive };
  };

  test('names the six operations on custom key stores', () => {
    const named = Object.keys(model.operations).filter((name) => name.includes('CustomKeyStore'));

    expect([...operations].sort()).toEqual(named.sort());
  });

  test.each(operations)('has the input of %s as the table has it', (operation) => {
    const shape: Shape = inputShapes[operation];

    expect(shape).toEqual(readShape(model.operations[operation]?.input ?? ''));
  });

  test.each(operations)('declares the errors of %s that the table declares', (operation) => {
    expect([...declaredErrors[operation]].sort()).toEqual([...(model.operations[operation]?.errors ?? [])].sort());
  });

  test.each(Object.entries(enums))('has the words of %s', (name, words) => {
    expect(words).toEqual(model.shapes[name]?.enum);
  });
});
