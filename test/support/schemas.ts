/** The published JSON Schemas, made anew from the types of the outputs, with their comments as descriptions. */
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import {
  createFormatter,
  createParser,
  createProgram,
  DEFAULT_CONFIG,
  SchemaGenerator,
  UnknownType,
} from 'ts-json-schema-generator';

const root = resolve(import.meta.dirname, '../..');

/** File -> the type in src/cli/output/schemas.ts. */
const schemaTypes = {
  result: 'ResultOutput',
  plan: 'PlanOutput',
  'saved-plan': 'SavedPlan',
  progress: 'ProgressLine',
  check: 'CheckOutput',
  describe: 'DescribeOutput',
  runs: 'RunsOutput',
  stop: 'StopOutput',
  report: 'RunReport',
  canary: 'CanaryOutput',
  doctor: 'DoctorOutput',
  impact: 'ImpactOutput',
} as const;

export type SchemaName = keyof typeof schemaTypes;

const schemaNames = Object.keys(schemaTypes) as readonly SchemaName[];

type JsonSchema = Readonly<Record<string, unknown>>;

/** Questions to the compiler about what a table may hold beside plain values. */
const values = ['isRegularExpressionLiteral', 'isArrowFunction', 'isCallExpression', 'isSpreadAssignment'] as const;

/** By the compiler that the generator brings with it. */
export function makeSchemas(): readonly (readonly [SchemaName, JsonSchema])[] {
  const config = {
    ...DEFAULT_CONFIG,
    path: resolve(root, 'src/cli/output/schemas.ts'),
    tsconfig: resolve(root, 'tsconfig.json'),
    skipTypeCheck: true,
    topRef: false,
    additionalProperties: false,
  } as const;
  const require = createRequire(import.meta.resolve('ts-json-schema-generator'));
  const compiler = require('typescript') as Readonly<Record<(typeof values)[number], (node: unknown) => boolean>>;
  const program = createProgram(config);
  // Of the tables only the keys are types; what stands behind them may be anything, a regular expression among it.
  const parser = createParser(program, config, (chain) =>
    chain.addNodeParser({
      supportsNode: (node) => values.some((isValue) => compiler[isValue](node)),
      createType: () => new UnknownType(true),
    }),
  );
  const generator = new SchemaGenerator(program, parser, createFormatter(config), config);
  return schemaNames.map((name) => {
    const { $schema, ...schema } = generator.createSchema(schemaTypes[name]);
    return [name, { $schema, title: `cks ${name}`, ...dropDefaults(schema) }] as const;
  });
}

/** They are of the options that have these types too, in words. An output leaves nothing out that has a default. */
function dropDefaults(schema: JsonSchema): JsonSchema {
  return JSON.parse(JSON.stringify(schema, (key, value) => (key === 'default' ? undefined : value)));
}
