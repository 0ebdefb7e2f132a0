import { describe, expect, test } from 'vitest';
import { declaredErrors } from '../../src/simulator/declared-errors.ts';
import { enums, inputShapes, type OperationName, outputShapes, type Shape } from '../../src/simulator/shapes.ts';
import { type AwsModel, readAwsModel } from '../support/aws-models.ts';

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

describe('the API models', () => {
  const models = (['kms', 'cloudhsmv2', 'cloudtrail', 'secretsmanager'] as const).map(readAwsModel);
  const none: AwsModel = { operations: {}, shapes: {} };
  const [kms = none] = models;
  /** Two models may have shapes of one name. */
  const modelOf = (operation: string): AwsModel =>
    models.find(({ operations: known }) => Object.hasOwn(known, operation)) ?? none;
  const operations = Object.keys(inputShapes) as OperationName[];
  const modelled = operations.filter((operation) => modelOf(operation) !== none);

  /** A shape of the model in the form of the simulator's table. */
  const readShape = (name: string, model: AwsModel): unknown => {
    const shape = model.shapes[name] ?? { type: 'none' };
    const { type, members, member, required, sensitive, enum: words, min, max, pattern } = shape;
    if (type === 'structure') {
      const entries = Object.entries(members ?? {})
        .filter(([key]) => name !== 'KeyMetadata' || !unmodelled.includes(key))
        .map(([key, inner]) => [key, readShape(inner, model)]);
      return { type, required: required ?? [], members: Object.fromEntries(entries) };
    }
    if (type === 'map') return { type, value: readShape(shape.value ?? '', model), max };
    if (type === 'list') return { type, member: readShape(member ?? '', model), min, max };
    // A long is a number as any other on the wire.
    const kind = type === 'long' ? 'integer' : type;
    return { type: kind, ...(words ? { enum: words } : {}), min, max, pattern, sensitive };
  };

  test('have the six operations on custom key stores, and the ones on keys that it was made for', () => {
    const named = Object.keys(kms.operations).filter((name) => name.includes('CustomKeyStore'));

    expect(modelled).toEqual(
      expect.arrayContaining([
        ...named,
        'CreateKey',
        'DescribeKey',
        'ListKeys',
        'Encrypt',
        'Decrypt',
        'DescribeClusters',
      ]),
    );
  });

  test.each(modelled)('have the input of %s as the table has it', (operation) => {
    const shape: Shape = inputShapes[operation];

    expect(shape).toEqual(readShape(modelOf(operation).operations[operation]?.input ?? '', modelOf(operation)));
  });

  test.each(modelled)('have the output of %s as the table has it', (operation) => {
    const shape: Shape = outputShapes[operation];

    expect(shape).toEqual(readShape(modelOf(operation).operations[operation]?.output ?? '', modelOf(operation)));
  });

  test.each(modelled)('declare the errors of %s that the table declares', (operation) => {
    expect([...declaredErrors[operation]].sort()).toEqual(
      [...(modelOf(operation).operations[operation]?.errors ?? [])].sort(),
    );
  });

  test.each(Object.entries(enums))('have the words of %s', (name, words) => {
    const model = models.find(({ shapes }) => Object.hasOwn(shapes, name)) ?? none;
    expect(words).toEqual(model.shapes[name]?.enum);
  });
});
