import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { answerControl } from '../../src/simulator/control.ts';
import {
  createScenarioSimulator,
  createSimulator,
  openScenario,
  type Scenario,
  ScenarioError,
} from '../../src/simulator/index.ts';
import { findMistakes } from '../../src/simulator/scenarios/check.ts';
import { publishSchema, scenarioSchema } from '../../src/simulator/scenarios/format.ts';
import { readScenario } from '../../src/simulator/scenarios/read.ts';

const folder = resolve(import.meta.dirname, '../../src/simulator/scenarios/catalogue');
const catalogue = readdirSync(folder).map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));

/** The message, or what was read. */
async function read(text: string, file = 'mine.yaml'): Promise<unknown> {
  try {
    return (await readScenario(file, text)).scenario;
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
}

it.skipIf(process.platform === 'win32')('a device that never ends is no scenario', async () => {
  await expect(openScenario('/dev/zero')).rejects.toThrow('/dev/zero: a scenario has at most 1 MiB');
});

describe('the published schema', () => {
  const validate = new Ajv({ strict: true, strictRequired: false, strictTypes: false }).compile(publishSchema());

  it('is what the code reads by', async () => {
    const text = `${JSON.stringify(publishSchema(), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot('../../src/simulator/scenario.schema.json');
  });

  it.each(catalogue)('takes $file', ({ text }) => {
    validate(parse(text));
    expect(validate.errors).toBeNull();
  });

  it('says yes and no as our own reading does, whatever is broken', () => {
    const documents: unknown[] = catalogue.map(({ text }) => parse(text));
    const junk = fc.constantFrom<unknown>(
      null,
      '',
      'CONNECTED',
      '5m',
      'always',
      0,
      1,
      2.5,
      -1,
      true,
      [],
      {},
      [{}],
      ['x'],
    );
    const step = fc.record({ at: fc.nat(40), key: fc.constantFrom('name', 'times', 'error', 'id', 'at'), junk });
    fc.assert(
      fc.property(fc.constantFrom(...documents), fc.array(step, { minLength: 1, maxLength: 3 }), (document, steps) => {
        const broken = steps.reduce((value, { at, key, junk }) => breakSomewhere(value, at, key, junk), document);
        const isRight = findMistakes(scenarioSchema, broken).length === 0;
        expect(isRight).toBe(validate(broken));
      }),
      { numRuns: 2_000, seed: 20261124 },
    );
  });
});

/** A copy in which the nth place holds junk, or, where a structure stands there, has a member more. */
function breakSomewhere(document: unknown, nth: number, key: string, junk: unknown): unknown {
  let left = nth;
  const copy = (value: unknown): unknown => {
    left -= 1;
    if (left === 0 && nth % 2 === 0) return junk;
    if (Array.isArray(value)) return value.map(copy);
    if (typeof value !== 'object' || value === null) return left === 0 ? junk : value;
    const isChosen = left === 0;
    const entries = Object.entries(value).map(([name, inner]) => [name, copy(inner)] as const);
    return Object.fromEntries(isChosen ? [...entries, [key, junk]] : entries);
  };
  return copy(document);
}

describe('a scenario file', () => {
  it('is YAML or JSON', async () => {
    const expected = { summary: 'x', stores: [{ CustomKeyStoreName: 'a' }] };

    expect(await read('summary: x\nstores: [{ CustomKeyStoreName: a }]')).toEqual(expected);
    expect(await read(JSON.stringify(expected, null, 2), 'mine.json')).toEqual(expected);
  });

  it.each<[string, string, string]>([
    ['an empty file', '', 'mine.yaml:1:1: must be a group of settings; there is nothing here'],
    ['no summary', 'seed: 1\n', 'mine.yaml:1:1: needs summary'],
    [
      'a key in other letters',
      'summary: x\nstores:\n  - customKeyStoreName: a\n',
      'mine.yaml:3:25: stores[0].customKeyStoreName: is not known; did you mean CustomKeyStoreName?',
    ],
    [
      'an unknown key',
      'summary: x\nhosts: { number: 3 }\n',
      'mine.yaml:2:18: hosts.number: is not known; there are count, lag',
    ],
    [
      'a word that is none',
      'summary: x\nstores:\n  - ConnectionState: BROKEN\n',
      'mine.yaml:3:22: stores[0].ConnectionState: must be one of CONNECTED, CONNECTING, FAILED, DISCONNECTED, DISCONNECTING',
    ],
    [
      'an account without quotes',
      'summary: x\naccountId: 111122223333\n',
      'mine.yaml:2:12: accountId: must be text such as "111122223333"; put it in quotes',
    ],
    [
      'a length of time without unit',
      'summary: x\nfaults: [{ delay: 5 }]\n',
      'mine.yaml:2:19: faults[0].delay: must be text such as 250ms, 90s, 5m, 1h30m, or a group of settings',
    ],
    [
      'a fault without effect',
      'summary: x\nfaults:\n  - operation: ConnectCustomKeyStore\n',
      'mine.yaml:3:5: faults[0]: needs exactly one of error, reset, hang, delay, failConnect',
    ],
    [
      'a fault with two effects',
      'summary: x\nfaults:\n  - { error: ThrottlingException, hang: after }\n',
      'mine.yaml:3:5: faults[0]: may have only one of error, hang',
    ],
    [
      'an external actor without moment, and another mistake',
      'summary: x\nseed: -1\nhands: [{ change: {} }]\n',
      'mine.yaml:2:7: seed: must be from 0 to 4294967295 (and 1 more)',
    ],
    ['a value that is not there', 'summary:\n', 'mine.yaml:1:9: summary: must be text; there is nothing here'],
    ['the same key twice', 'summary: x\nsummary: y\n', 'mine.yaml:2:1: Map keys must be unique'],
    [
      'two documents',
      'summary: x\n---\nsummary: y\n',
      'mine.yaml:2:1: Source contains multiple documents; please use YAML.parseAllDocuments()',
    ],
    ['a tag', 'summary: !!js/function "x"\n', 'mine.yaml:1:10: Unresolved tag: tag:yaml.org,2002:js/function'],
    ['nesting without end', '['.repeat(20_000), 'mine.yaml: is nested too deeply'],
    ['a tag that YAML knows', 'summary: !!binary aGk=\n', 'mine.yaml:1:19: takes no tags: tag:yaml.org,2002:binary'],
    ['a tag in a list', 'stores:\n  - !!str 1\n', 'mine.yaml:2:11: takes no tags: tag:yaml.org,2002:str'],
    [
      'another version of YAML',
      '%YAML 1.1\n---\nsummary: yes\n',
      'mine.yaml:1:1: takes no directives that begin with %',
    ],
    ['one key as number and text', '1: x\n"1": y\n', 'mine.yaml:2:1: Map keys must be unique'],
    ['a file without end', 'x'.repeat(1024 * 1024 + 1), 'mine.yaml: a scenario has at most 1 MiB'],
  ])('with %s is refused by place and path', async (_what, text, message) => {
    expect(await read(text)).toBe(message);
  });

  it('a scenario file that unfolds to fill the memory is refused', async () => {
    const levels = Array.from(
      { length: 9 },
      (_, at) => `l${at + 1}: &l${at + 1} [${'*l0, '.replace('0', `${at}`).repeat(9)}]`,
    );
    const bomb = ['l0: &l0 [x, x, x]', ...levels].join('\n');

    expect(await read(bomb)).toMatch(/^mine\.yaml: Excessive alias count/);
  });

  it('never repeats a value in a message: it may be a secret', async () => {
    const secret = 'p4ssw0rd-of-kmsuser-that-is-far-too-long';
    const message = await read(`summary: x\nclusters: [{ kmsuserPassword: ${secret} }]\n`);

    expect(message).toBe('mine.yaml:2:31: clusters[0].kmsuserPassword: must have 7 to 32 characters');
  });

  it.each<[string, Omit<Scenario, 'summary'>, string]>([
    [
      'a cluster that is not there',
      { stores: [{ CloudHsmClusterId: 'cluster-aaaaaaaaaaa' }] },
      'stores[0]: no free CloudHSM cluster cluster-aaaaaaaaaaa: add one with addCluster',
    ],
    [
      'two stores of one name',
      { stores: [{ CustomKeyStoreName: 'a' }, { CustomKeyStoreName: 'a' }] },
      'stores[1]: exists: it can only be given another ConnectionState; settings change by UpdateCustomKeyStore',
    ],
    [
      'a backup of nothing',
      { clusters: [{ restoredFrom: 'cluster-aaaaaaaaaaa' }] },
      'clusters[0]: no cluster cluster-aaaaaaaaaaa',
    ],
    [
      'a spread upside down',
      { durations: { connect: { AWS_CLOUDHSM: { shortest: '2m', longest: '1m' } } } },
      'durations.connect.AWS_CLOUDHSM: shortest, usual and longest must grow',
    ],
  ])('with %s is refused when it is staged', (_what, scenario, message) => {
    expect(() => createScenarioSimulator({ summary: 'x', ...scenario })).toThrow(message);
  });

  it('a scenario file that is not there is told by its name, and by what there is', async () => {
    await expect(openScenario('proxy-burns')).rejects.toMatchObject({ isUnknown: true });
    await expect(openScenario('./none.yaml')).rejects.toThrow('./none.yaml: cannot be read (ENOENT)');
  });
});

describe('keys in a scenario', () => {
  it('have an alias and an age, and a backup that is older than one lacks it', () => {
    const simulator = createScenarioSimulator(
      {
        summary: 'x',
        clusters: [{ id: 'cluster-blueblueblu' }, { restoredFrom: 'cluster-blueblueblu', backupAge: '1h' }],
        stores: [
          { ConnectionState: 'CONNECTED', keys: [{ AliasName: 'alias/old', age: '2h' }, { Description: 'new' }] },
        ],
        proxies: [{ endpoint: 'https://proxy.example.com', keyManager: 'another' }],
      },
      { now: () => 10_000_000 },
    );

    expect(simulator.call('DescribeKey', { KeyId: 'alias/old' })).toMatchObject({
      KeyMetadata: { CreationDate: 2_800 },
    });
    expect(simulator.call('ListKeys', {})).toMatchObject({ Keys: [{}, {}] });
    const [, { clusterId = '' } = {}] = simulator.describeWorld().clusters;
    expect(simulator.cluster(clusterId).backupAtMs).toBe(6_400_000);
    expect(simulator.proxy('https://proxy.example.com').keyManager).toBe('another');
  });
});

describe('the page about the simulator', () => {
  const page = readFileSync(resolve(folder, '../../README.md'), 'utf8');

  it('shows a scenario that can be started', async () => {
    const [, text = ''] = /```yaml\n(.*?)```/s.exec(page) ?? [];
    const { scenario } = await readScenario('README.md', text);

    expect(createScenarioSimulator(scenario).describeWorld().stores).toMatchObject([{ ConnectionState: 'CONNECTED' }]);
  });

  it('lists the requests of the control endpoint as they are', () => {
    const told = [...page.matchAll(/^\| `((?:GET|POST|DELETE) [^`]+)`/gm)].map(([, request]) => request);
    const { output } = answerControl(createSimulator(), undefined, { method: 'GET', url: '/_simulator', body: '' });

    expect(told).toEqual(Object.keys((output as { routes: object }).routes));
  });

  it('shows bodies that the control endpoint takes', () => {
    const bodies = [...page.matchAll(/curl .*?\/_simulator\/world -d '(.*)'/g)].map(([, body = '']) => body);
    const send = (body: string) =>
      answerControl(createSimulator(), undefined, { method: 'POST', url: '/_simulator/world', body }).statusCode;

    expect(bodies.map(send)).toEqual([200, 200]);
  });
});
