import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { declaredErrors } from '../../src/simulator/declared-errors.ts';
import { enums, inputShapes, type OperationName, outputShapes, type Shape } from '../../src/simulator/shapes.ts';

const modelPath = '../shared/reference/api-models/kms.json';

interface ModelShape {
  type: string;
  members?: Record<string, string>;
  member?: string;
  value?: string;
  required?: string[];
  enum?: string[];
  min?: number;
  max?: number;
  pattern?: string;
  sensitive?: boolean;
}

interface Model {
  operations: Record<string, { input: string; output: string; errors: string[] }>;
  shapes: Record<string, ModelShape>;
}

/** Members of KeyMetadata that only keys have which no custom key store can hold. */
const unmodelled = [
  'ValidTo',
  'ExpirationModel',
  'SigningAlgorithms',
  'KeyAgreementAlgorithms',
  'MultiRegionConfiguration',
  'PendingDeletionWindowInDays',
  'MacAlgorithms',
  'CurrentKeyMaterialId',
];

describe.skipIf(!existsSync(modelPath))('the API model of KMS', () => {
  const model: Model = existsSync(modelPath)
    ? JSON.parse(readFileSync(modelPath, 'utf8'))
    : { operations: {}, shapes: {} };
  const operations = Object.keys(inputShapes) as OperationName[];
  const modelled = operations.filter((operation) => Object.hasOwn(model.operations, operation));

  /** A shape of the model in the form of the simulator's table. */
  const readShape = (name: string): unknown => {
    const shape = model.shapes[name] ?? { type: 'none' };
    const { type, members, member, required, sensitive, enum: words, min, max, pattern } = shape;
    if (type === 'structure') {
      const entries = Object.entries(members ?? {})
        .filter(([key]) => name !== 'KeyMetadata' || !unmodelled.includes(key))
        .map(([key, inner]) => [key, readShape(inner)]);
      return { type, required: required ?? [], members: Object.fromEntries(entries) };
    }
    if (type === 'map') return { type, value: readShape(shape.value ?? ''), max };
    if (type === 'list') return { type, member: readShape(member ?? ''), min, max };
    return { type, ...(words ? { enum: words } : {}), min, max, pattern, sensitive };
  };

  test('has the six operations on custom key stores, and the ones on keys that it was made for', () => {
    const named = Object.keys(model.operations).filter((name) => name.includes('CustomKeyStore'));

    expect(modelled).toEqual(
      expect.arrayContaining([...named, 'CreateKey', 'DescribeKey', 'ListKeys', 'Encrypt', 'Decrypt']),
    );
  });

  test.each(modelled)('has the input of %s as the table has it', (operation) => {
    const shape: Shape = inputShapes[operation];

    expect(shape).toEqual(readShape(model.operations[operation]?.input ?? ''));
  });

  test.each(modelled)('has the output of %s as the table has it', (operation) => {
    const shape: Shape = outputShapes[operation];

    expect(shape).toEqual(readShape(model.operations[operation]?.output ?? ''));
  });

  test.each(modelled)('declares the errors of %s that the table declares', (operation) => {
    expect([...declaredErrors[operation]].sort()).toEqual([...(model.operations[operation]?.errors ?? [])].sort());
  });

  test.each(Object.entries(enums))('has the words of %s', (name, words) => {
    expect(words).toEqual(model.shapes[name]?.enum);
  });
});
