/** examples/ssm-automation.yaml: carried out as Systems Manager would, with executions of the durable function as it is deployed. */
import jsonata from 'jsonata';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Deployed, deploy, type Execution } from '../support/deployed.ts';
import { useFastTime } from '../support/fast-time.ts';
import { account, type Node, readRunbook, region, textsOf } from '../support/runbooks.ts';

useFastTime();

interface Step {
  readonly name: string;
  readonly action: string;
  readonly inputs: Node;
  readonly outputs?: readonly { readonly Name: string; readonly Selector: string }[];
  readonly onFailure?: string;
  readonly isEnd?: boolean;
}

interface Choice {
  readonly Variable: string;
  readonly StartsWith: string;
  readonly NextStep: string;
}

const runbook = parse(readRunbook('ssm-automation.yaml')) as {
  readonly schemaVersion: string;
  readonly assumeRole: string;
  readonly parameters: Readonly<Record<string, { readonly type: string; readonly allowedPattern?: string }>>;
  readonly mainSteps: readonly Step[];
  readonly outputs: readonly string[];
};
const { parameters, mainSteps } = runbook;

/** What a text refers to: `{{ name }}`. */
const referencesIn = (value: unknown) =>
  textsOf(value).flatMap((text) => [...text.matchAll(/\{\{ ([\w:.]+) \}\}/g)].map(([, name = '']) => name));

const choicesOf = ({ inputs }: Step) => (inputs.Choices ?? []) as readonly Choice[];

function nextOf(step: Step): readonly string[] {
  const jump = /^step:(.+)/.exec(step.onFailure ?? '')?.[1];
  const following = mainSteps[mainSteps.indexOf(step) + 1]?.name;
  const next = step.isEnd ? undefined : following;
  const usual = step.action === 'aws:branch' ? String(step.inputs.Default) : next;
  return [usual, jump, ...choicesOf(step).map(({ NextStep }) => NextStep)].filter((name) => name !== undefined);
}

describe('the document', () => {
  it('refers to parameters, to outputs of earlier steps, and to what Systems Manager has', () => {
    expect(runbook.schemaVersion).toBe('0.3');
    const outputsBefore = (at: number) =>
      mainSteps.slice(0, at).flatMap(({ name, outputs = [] }) => outputs.map(({ Name }) => `${name}.${Name}`));
    for (const [at, { inputs, name }] of mainSteps.entries()) {
      const known = [...Object.keys(parameters), ...outputsBefore(at), 'automation:EXECUTION_ID'];
      expect(known, name).toEqual(expect.arrayContaining(referencesIn(inputs)));
    }
    expect(outputsBefore(mainSteps.length)).toEqual(expect.arrayContaining([...runbook.outputs]));
  });

  it('uses every parameter, none of which is a secret or could change the JSON that it is put into', () => {
    const used = referencesIn(runbook);
    expect(Object.keys(parameters).filter((name) => !used.includes(name))).toEqual([]);
    const payload = mainSteps.find(({ name }) => name === 'start')?.inputs.Payload;
    for (const name of referencesIn(payload)) {
      const { allowedPattern = '' } = parameters[name] ?? {};
      expect(allowedPattern, name).toMatch(/^\^.*\$$/);
      expect('x","accept":["login"],"y":"', name).not.toMatch(new RegExp(allowedPattern));
    }
  });

  it('leads to every step, and sends nothing before the approval', () => {
    const names = mainSteps.map(({ name }) => name);
    const reached = new Set(names.slice(0, 1));
    for (const name of reached) {
      for (const next of nextOf(mainSteps[names.indexOf(name)] as Step)) reached.add(next);
    }
    expect([...reached].sort()).toEqual([...names].sort());
    expect(names.indexOf('approve')).toBeLessThan(names.indexOf('start'));
    expect(mainSteps.find(({ name }) => name === 'approve')?.onFailure).toBe('Abort');
  });
});

describe('the automation', () => {
  let deployed: Deployed;
  beforeAll(async () => {
    deployed = await deploy();
  });
  afterAll(() => deployed.close());

  /** Approved. Gives the names of the steps, and what was published. */
  async function automate(given: Node): Promise<{ path: string[]; told: unknown[]; execution: Execution | undefined }> {
    const values: Record<string, unknown> = {
      ...given,
      'automation:EXECUTION_ID': '4105a4fc-f944-11e6-9d32-0a1b2c3d4e5f',
    };
    const path: string[] = [];
    const told: unknown[] = [];
    let execution: Execution | undefined;

    const fill = (text: unknown) =>
      String(text).replace(/\{\{ ([\w:.]+) \}\}/g, (_, name: string) => String(values[name]));
    const select = async (selector: unknown, from: unknown) =>
      (await jsonata(String(selector).replace(/^\$\./, '')).evaluate(from)) as unknown;

    async function ask({ Service, Api, ...words }: Node): Promise<unknown> {
      switch (`${Service}:${Api}`) {
        case 'kms:DescribeCustomKeyStores':
          return deployed.simulator.call('DescribeCustomKeyStores', { CustomKeyStoreId: fill(words.CustomKeyStoreId) });
        case 'lambda:Invoke':
          expect(fill(words.DurableExecutionName)).toMatch(/^[a-zA-Z0-9-_]{1,64}$/);
          execution = await deployed.execute(JSON.parse(fill(words.Payload)));
          return { StatusCode: 202, DurableExecutionArn: 'arn:execution' };
        case 'lambda:GetDurableExecution':
          expect(fill(words.DurableExecutionArn)).toBe('arn:execution');
          return execution;
        default:
          told.push(fill(words.Message));
          return {};
      }
    }

    /** @throws where the step fails. */
    async function carry({ action, inputs, outputs = [], name }: Step): Promise<string | undefined> {
      if (action === 'aws:approve') return undefined;
      if (action === 'aws:executeScript') throw new Error(fill(inputs.Script));
      if (action === 'aws:branch') {
        const step = mainSteps.find((one) => one.name === name) as Step;
        const choice = choicesOf(step).find(({ Variable, StartsWith }) => fill(Variable).startsWith(StartsWith));
        return choice?.NextStep ?? String(inputs.Default);
      }
      const answer = await ask(inputs);
      for (const { Name, Selector } of outputs) {
        const value = await select(Selector, answer);
        if (value === undefined) throw new Error(`${Selector} is not there`);
        values[`${name}.${Name}`] = value;
      }
      if (inputs.DesiredValues) {
        const wanted = (inputs.DesiredValues as readonly unknown[]).map(fill);
        if (!wanted.includes(String(await select(inputs.PropertySelector, answer)))) throw new Error(`${name}: not so`);
      }
      return undefined;
    }

    for (let step = mainSteps[0]; step; ) {
      path.push(step.name);
      let next: string | undefined = mainSteps[mainSteps.indexOf(step) + 1]?.name;
      try {
        next = (await carry(step)) ?? next;
      } catch {
        next = /^step:(.+)/.exec(step.onFailure ?? '')?.[1];
      }
      const { isEnd } = step;
      step = isEnd ? undefined : mainSteps.find(({ name }) => name === next);
    }
    return { path, told, execution };
  }

  function arrange(backup: 'related' | 'old') {
    const { simulator } = deployed;
    const first = simulator.addCluster();
    const CloudHsmClusterId = simulator.addCluster({ restoredFrom: first, ...(backup === 'old' ? { backup } : {}) });
    const CustomKeyStoreId = simulator.addStore({ ConnectionState: 'CONNECTED', CloudHsmClusterId: first });
    const given = {
      CustomKeyStoreId,
      CloudHsmClusterId,
      SafeUpdateAlias: `arn:aws:lambda:${region}:${account}:function:safe-update:live`,
      Topic: `arn:aws:sns:${region}:${account}:key-stores`,
    };
    for (const [name, value] of Object.entries(given)) {
      expect(value, name).toMatch(new RegExp(parameters[name]?.allowedPattern ?? '^$'));
    }
    return { given, store: () => simulator.store(CustomKeyStoreId) };
  }

  it('moves the store and ends well', async () => {
    const { given, store } = arrange('related');
    const { path, told } = await automate(given);

    expect(path).toEqual(['describe', 'approve', 'start', 'wait', 'read', 'decide', 'confirm']);
    expect(told).toEqual([]);
    expect(store()).toMatchObject({ ConnectionState: 'CONNECTED', CloudHsmClusterId: given.CloudHsmClusterId });
  });

  it('tells and fails where the update is rolled back', async () => {
    const { given, store } = arrange('old');
    const { path, told, execution } = await automate(given);

    expect(execution?.Result).toMatch(/^\{"outcome":"rolledBack"/);
    expect(path.slice(-3)).toEqual(['decide', 'tell', 'fail']);
    expect(told).toEqual([expect.stringContaining(`cks doctor ${given.CustomKeyStoreId}`)]);
    expect(store().ConnectionState).toBe('CONNECTED');
  });

  it('tells and fails where the execution fails', async () => {
    const { given } = arrange('related');
    const failed: Deployed['execute'] = async () => ({ Status: 'FAILED', Error: { ErrorMessage: 'it broke off' } });
    deployed = { ...deployed, execute: failed };
    expect((await automate(given)).path.slice(-3)).toEqual(['read', 'tell', 'fail']);
  });
});
