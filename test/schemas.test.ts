/** The published JSON Schemas: made from the types, and held against what is really printed. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import { describe, expect, it } from 'vitest';
import type { CommandName } from '../src/cli/options/options.ts';
import { outcomes } from '../src/domain/outcome.ts';
import { sampleScenarios, scenarios } from './run/scenarios/index.ts';
import { type Ended, testHere as test } from './support/command.ts';
import { runThrough } from './support/crash-and-resume.ts';
import { leaveHeld } from './support/in-process.ts';
import { reportOf } from './support/journals.ts';
import { listRunIds } from './support/kill-command.ts';
import { makeSchemas, type SchemaName } from './support/schemas.ts';

const folder = resolve(import.meta.dirname, '../src/schemas');
const ajv = new Ajv({ strict: true, allowUnionTypes: true });
const validators = new Map<SchemaName, ValidateFunction>();

function validatorOf(name: SchemaName): ValidateFunction {
  const validate =
    validators.get(name) ?? ajv.compile(JSON.parse(readFileSync(join(folder, `${name}.schema.json`), 'utf8')));
  validators.set(name, validate);
  return validate;
}

/** What the schema has against a value; null where it takes it. As JSON: what is undefined is not there. */
function judge(name: SchemaName, value: unknown): unknown {
  const validate = validatorOf(name);
  return validate(JSON.parse(JSON.stringify(value))) ? null : validate.errors;
}

it('is what the types say', async () => {
  for (const [name, schema] of makeSchemas()) {
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(join(folder, `${name}.schema.json`));
  }
});

it('shows an instant in ISO 8601, and as milliseconds only in the lines of a journal', () => {
  const isNumber = (name: string) => /^(at|until|since|from)Ms$|(At|Until|Since|From)Ms$/.test(name);
  const found = makeSchemas().flatMap(([file, { definitions = {}, ...top }]) =>
    Object.entries({ ...(definitions as object), top }).flatMap(([type, schema]) =>
      listMembers(schema).some(isNumber) ? [`${file}: ${type}`] : [],
    ),
  );
  expect(found).toEqual(['runs: Header', 'runs: LogRecord', 'runs: Resumed', 'runs: End']);
});

/** The names of all members that a schema describes. */
function listMembers(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const { properties = {} } = schema as { readonly properties?: object };
  return [...Object.keys(properties), ...Object.values(schema).flatMap(listMembers)];
}

describe('in each way through the lifecycle', () => {
  const observed = new Set<string>();

  it.for(sampleScenarios('schemas', 8).map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    async ([, scenario]) => {
      const { result, records, world } = await runThrough(scenario);
      observed.add(result.outcome);

      expect(judge('result', result)).toBeNull();
      expect(world.events.flatMap((event) => judge('progress', event) ?? [])).toEqual([]);
      expect(judge('report', reportOf(records, result))).toBeNull();
    },
  );

  it('each outcome was met', () => {
    expect(Object.keys(outcomes).filter((outcome) => !observed.has(outcome))).toEqual([]);
  });
});

const fits = (name: SchemaName, { json, stderr }: Ended) => {
  expect(judge(name, json()), stderr).toBeNull();
  return json();
};

describe.concurrent('what the command prints', () => {
  const hsm = { CustomKeyStoreName: 'hsm', ConnectionState: 'CONNECTED' } as const;
  const rename = ['--new-custom-key-store-name', 'new'];

  test('what the command prints for plans, checks and stores, yes or no', async ({
    rehearsal: { run, simulator, folder },
  }) => {
    simulator.addStore(hsm);
    const file = join(folder, 'plan.json');

    fits('plan', await run(['plan', 'hsm', ...rename, '--out', file]));
    expect(judge('saved-plan', JSON.parse(readFileSync(file, 'utf8')))).toBeNull();
    fits('plan', await run(['plan', 'hsm', '--key-store-password', 'env:NEW'], { NEW: 'Passw0rd' }));
    expect(fits('plan', await run(['plan', 'nope', ...rename]))).toMatchObject({ store: null });
    expect(fits('plan', await run(['plan']))).toMatchObject({ outcome: null });
    fits('check', await run(['check', 'hsm']));
    fits('check', await run(['check', 'nope']));
    fits('describe', await run(['describe']));
    fits('describe', await run(['describe', 'nope']));
    fits('doctor', await run(['doctor', 'hsm']));
    fits('doctor', await run(['doctor', 'nope']));
    fits('impact', await run(['impact', 'hsm']));
    fits('impact', await run(['impact', 'nope']));
    fits('canary', await run(['canary', 'create', 'hsm']));
    fits('canary', await run(['canary', 'check', 'nope']));
    fits('canary', await run(['canary', 'key', 'create', 'hsm']));
    fits('canary', await run(['canary', 'key', 'create', 'nope']));
  });

  test('what the command prints for runs, their progress, their list and their end', async ({ rehearsal }) => {
    const { run, simulator } = rehearsal;
    simulator.addStore(hsm);
    const offline = [...rename, '--mode', 'offline', '--accept', 'outage', '--yes'];

    const updated = await run(['update', 'hsm', ...offline, '--progress', 'json']);
    expect(fits('result', updated)).toMatchObject({ outcome: 'updated', journal: 'complete' });
    const events = updated.stderr.split('\n').filter(Boolean);
    expect(events.flatMap((line) => judge('progress', JSON.parse(line)) ?? [])).toEqual([]);
    fits('result', await run(['update', 'new', '--mode', 'sideways']));
    const change = { NewCustomKeyStoreName: 'held' };
    const heldId = await leaveHeld(rehearsal, {
      customKeyStoreId: 'new',
      change,
      mode: 'offline',
      holdOffline: true,
    });
    const held = await run(['resume', heldId]);
    expect(fits('result', held)).toMatchObject({ outcome: null, reason: { code: 'HELD' } });
    expect(fits('runs', await run(['runs']))).toMatchObject({ runs: [{}, {}] });
    const runId = listRunIds(rehearsal.folder).at(-1) ?? '';
    fits('runs', await run(['runs', 'show', runId]));
    fits('report', await run(['runs', 'report', runId, '--json']));
    fits('runs', await run(['runs', 'show', 'nope']));
    fits('stop', await run(['stop', runId]));
    fits('runs', await run(['runs', 'prune', '--older-than', '1h']));
  });
});

/** By command; null where what is printed is no result of ours. */
const printed: Readonly<Record<CommandName, SchemaName | null>> = {
  update: 'result',
  apply: 'result',
  reconnect: 'result',
  resume: 'result',
  rollback: 'result',
  plan: 'plan',
  check: 'check',
  doctor: 'doctor',
  impact: 'impact',
  describe: 'describe',
  'runs list': 'runs',
  'runs show': 'runs',
  'runs check': 'runs',
  'runs prune': 'runs',
  'runs report': null,
  stop: 'stop',
  'canary create': 'canary',
  'canary check': 'canary',
  'canary key create': 'canary',
  'update-custom-key-store': null,
  'describe-custom-key-stores': null,
  'connect-custom-key-store': null,
  'disconnect-custom-key-store': null,
  'iam-policy': null,
  completion: null,
  help: null,
  simulator: null,
  demo: null,
};

describe.concurrent('a command line that is wrong', () => {
  const commands = Object.entries(printed).flatMap(([command, name]) => (name ? [[command, name] as const] : []));

  test.for(commands)('fits the schema of cks %s too', async ([command, name], { rehearsal: { run } }) => {
    expect(fits(name, await run([...command.split(' '), '--nonsense']))).toMatchObject({ outcome: null });
  });
});

it('is closed: a member that no schema knows is noticed', async () => {
  const [scenario] = scenarios;
  if (scenario === undefined) throw new Error('there is no scenario');
  const { result } = await runThrough(scenario);

  expect(judge('result', { ...result, mood: 'good' })).not.toBeNull();
  expect(judge('result', { ...result, keyVerification: { ...result.keyVerification, mood: 'good' } })).not.toBeNull();
});
