/** examples/aws/workflow.asl.json: walked as Step Functions would, with executions of the durable function as it is deployed. */
import { createHash } from 'node:crypto';
import jsonata from 'jsonata';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Deployed, deploy } from '../support/deployed.ts';
import { useFastTime } from '../support/fast-time.ts';
import { type Node, readRunbook } from '../support/runbooks.ts';

useFastTime();

interface State extends Node {
  readonly Type: 'Task' | 'Wait' | 'Choice' | 'Succeed' | 'Fail';
  readonly Resource?: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Seconds?: number;
  readonly Arguments?: Node;
  readonly Output?: unknown;
  readonly Assign?: Node;
  readonly Retry?: readonly Node[];
  readonly Catch?: readonly {
    readonly ErrorEquals: readonly string[];
    readonly Output: unknown;
    readonly Next: string;
  }[];
  readonly Choices?: readonly { readonly Condition: string; readonly Next: string; readonly Assign?: Node }[];
}

const { StartAt, States } = JSON.parse(readRunbook('aws/workflow.asl.json')) as {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
};

const nextOf = ({ Next, Default, Catch = [], Choices = [] }: State) =>
  [Next, Default, ...[...Catch, ...Choices].map((one) => one.Next)].filter((name) => name !== undefined);

type Call = { readonly resource: string; readonly words: Node };
type Service = (call: Call) => Promise<unknown>;

interface Walked {
  readonly path: readonly string[];
  readonly calls: readonly Call[];
  readonly end: unknown;
}

/** The part of the Amazon States Language that the definition uses; of its errors, those that are caught. */
async function walk(input: unknown, service: Service): Promise<Walked> {
  const path: string[] = [];
  const calls: Call[] = [];
  const variables: Record<string, unknown> = {};
  let passed = input;

  /** What Step Functions adds to JSONata. */
  const functions = {
    hash: (text: string, algorithm: string) => createHash(algorithm.replace('-', '')).update(text).digest('hex'),
    parse: (text: string) => JSON.parse(text) as unknown,
  };
  const context = { Execution: { Id: 'arn:aws:states:us-east-1:111122223333:execution:workflow:1' } };

  async function evaluate(value: unknown, states: Node): Promise<unknown> {
    if (typeof value === 'string') {
      const expression = /^\{%(.*)%\}$/s.exec(value)?.[1];
      if (expression === undefined) return value;
      const bound = { ...functions, ...variables, states: { input: passed, context, ...states } };
      const told: unknown = await jsonata(expression).evaluate({}, bound);
      if (told === undefined) throw new Error(`States.QueryEvaluationError: ${expression}`);
      return told;
    }
    if (typeof value !== 'object' || value === null) return value;
    const members = await Promise.all(
      Object.entries(value).map(async ([name, one]) => [name, await evaluate(one, states)] as const),
    );
    return Object.fromEntries(members);
  }

  async function carry(state: State): Promise<string | undefined> {
    const { Type, Resource: resource = '', Arguments = {}, Output, Assign = {}, Catch: [handler] = [] } = state;
    if (Type === 'Choice') {
      for (const choice of state.Choices ?? []) {
        if (!(await evaluate(choice.Condition, {}))) continue;
        Object.assign(variables, await evaluate(choice.Assign ?? {}, {}));
        return choice.Next;
      }
      return state.Default;
    }
    if (Type !== 'Task') return state.Next;
    const call = { resource, words: (await evaluate(Arguments, {})) as Node };
    calls.push(call);
    let result: unknown;
    try {
      result = await service(call);
    } catch (error) {
      const { name, message } = error as Error;
      passed = await evaluate(handler?.Output, { errorOutput: { Error: name, Cause: message } });
      return handler?.Next;
    }
    Object.assign(variables, await evaluate(Assign, { result }));
    passed = Output === undefined ? result : await evaluate(Output, { result });
    return state.Next;
  }

  for (let name: string | undefined = StartAt; ; ) {
    path.push(name);
    const state: State | undefined = States[name];
    if (state === undefined || path.length > 50) throw new Error(`it walks astray: ${path.join(' -> ')}`);
    if (state.Type === 'Succeed') return { path, calls, end: passed };
    if (state.Type === 'Fail')
      return { path, calls, end: await evaluate({ Error: state.Error, Cause: state.Cause }, {}) };
    name = await carry(state);
    if (name === undefined) throw new Error(`${path.at(-1)} leads nowhere`);
  }
}

describe('the definition', () => {
  it('leads from its start to every state, and from every state to an end', () => {
    const reached = new Set([StartAt]);
    for (const name of reached) {
      for (const next of nextOf(States[name] ?? { Type: 'Fail' })) reached.add(next);
    }
    expect([...reached].sort()).toEqual(Object.keys(States).sort());

    const ends = new Set(Object.keys(States).filter((name) => /Succeed|Fail/.test(States[name]?.Type ?? '')));
    for (const _ of Object.keys(States)) {
      for (const [name, state] of Object.entries(States))
        if (nextOf(state).some((next) => ends.has(next))) ends.add(name);
    }
    expect([...ends].sort()).toEqual(Object.keys(States).sort());
  });

  it('catches whatever a task meets, and holds no parameter but where things are', () => {
    for (const [name, state] of Object.entries(States)) {
      if (state.Type !== 'Task') continue;
      expect(state.Catch?.at(-1)?.ErrorEquals, name).toEqual(['States.ALL']);
      expect(state.Retry, name).toBeDefined();
    }
    const words = Object.values(States).flatMap((state) => Object.keys(state.Arguments ?? {}));
    expect(words.sort()).toEqual([
      ...['DurableExecutionArn', 'DurableExecutionName', 'FunctionName', 'IncludeExecutionData', 'InvocationType'],
      ...['Message', 'Message', 'Payload', 'Subject', 'Subject', 'TopicArn', 'TopicArn'],
    ]);
  });

  it('looks seldom enough that eight days fit into the 25,000 events of a history', () => {
    const eventsOfALook = 9;
    expect(((8 * 86_400) / (States.Wait?.Seconds ?? 0)) * eventsOfALook).toBeLessThan(25_000);
  });
});

describe('the workflow', () => {
  let deployed: Deployed;
  beforeAll(async () => {
    deployed = await deploy();
  });
  afterAll(() => deployed.close());

  /** Lambda, whose execution is seen to run once before its end, and SNS. */
  function serve(): Service {
    let ended: Promise<unknown> | undefined;
    let looks = 0;
    return async ({ resource, words }) => {
      if (resource.endsWith('lambda:invoke')) {
        ended = deployed.execute(words.Payload);
        return { StatusCode: 202, DurableExecutionArn: 'arn:execution' };
      }
      if (!resource.endsWith('lambda:getDurableExecution')) return { MessageId: '1' };
      expect(words).toEqual({ DurableExecutionArn: 'arn:execution', IncludeExecutionData: true });
      looks += 1;
      return looks === 1 ? { Status: 'RUNNING' } : ended;
    };
  }

  it('waits for an execution that ends well', async () => {
    const [, second] = deployed.simulator.describeWorld().clusters;
    const customKeyStoreId = deployed.simulator.addStore({ ConnectionState: 'CONNECTED' });
    const change = { CloudHsmClusterId: second?.clusterId };
    const { path, calls, end } = await walk({ customKeyStoreId, change, accept: ['outage'] }, serve());

    expect(end).toEqual({ status: 'SUCCEEDED', outcome: 'updated', text: '' });
    expect(path).toEqual(['Start', 'Wait', 'Look', 'Decide', 'Wait', 'Look', 'Decide', 'Done']);
    expect(calls[0]?.words).toMatchObject({
      FunctionName: '$' + '{SafeUpdate}',
      InvocationType: 'Event',
      DurableExecutionName: expect.stringMatching(/^[a-zA-Z0-9-_]{1,64}$/),
    });
  });

  it('reports each pause of an execution once, and waits for its end all the same', async () => {
    const statuses = ['RUNNING', 'PAUSING', 'PAUSED', 'PAUSED', 'RUNNING', 'PAUSED'];
    const { path, calls, end } = await walk({ customKeyStoreId: 'x' }, async ({ resource }) => {
      if (!resource.endsWith('getDurableExecution')) return { DurableExecutionArn: 'arn:execution' };
      const Status = statuses.shift();
      return Status === undefined ? { Status: 'SUCCEEDED', Result: '{"outcome":"updated"}' } : { Status };
    });

    expect(end).toMatchObject({ status: 'SUCCEEDED', outcome: 'updated' });
    expect(path.filter((name) => name === 'Look')).toHaveLength(7);
    expect(calls.flatMap(({ resource, words }) => (resource.endsWith('publish') ? [words] : []))).toEqual([
      {
        TopicArn: '$' + '{Topic}',
        Subject: 'Safe update: PAUSING',
        Message: expect.stringMatching(/^arn:execution is PAUSING, and its store may be offline\. /),
      },
      expect.objectContaining({ Subject: 'Safe update: PAUSED' }),
    ]);
  });

  it.each(['STOPPED', 'TIMED_OUT', 'DELETING'])('tells of an execution that is %s', async (Status) => {
    const { path, end } = await walk({ customKeyStoreId: 'x' }, async ({ resource }) =>
      resource.endsWith('getDurableExecution') ? { Status } : { DurableExecutionArn: 'arn:execution' },
    );
    expect(path.slice(-3)).toEqual(['Decide', 'Tell', 'Failed']);
    expect(end).toMatchObject({ Error: Status });
  });

  it('tells of one that is refused, with the reason', async () => {
    const customKeyStoreId = deployed.simulator.addStore({ ConnectionState: 'CONNECTED' });
    const { path, calls, end } = await walk({ customKeyStoreId, intent: 'reconnect' }, serve());

    expect(path.slice(-3)).toEqual(['Decide', 'Tell', 'Failed']);
    expect(end).toEqual({ Error: 'SUCCEEDED refused', Cause: expect.stringContaining('outage') });
    expect(calls.at(-1)?.words).toMatchObject({
      TopicArn: '$' + '{Topic}',
      Subject: 'Safe update: SUCCEEDED refused',
      Message: expect.stringContaining('"outcome":"refused"'),
    });
  });

  it('tells of one that fails, such as for a literal secret', async () => {
    const { end } = await walk({ customKeyStoreId: 'x', change: { KeyStorePassword: 'Sup3rS3cretCanary' } }, serve());
    expect(end).toEqual({ Error: 'FAILED', Cause: expect.stringContaining('secretsmanager:ARN') });
    expect(JSON.stringify(end)).not.toContain('Sup3rS3cretCanary');
  });

  it.each(['lambda:invoke', 'lambda:getDurableExecution'])('tells where %s is not allowed', async (denied) => {
    const { path, end } = await walk({ customKeyStoreId: 'x' }, async ({ resource }) => {
      if (resource.endsWith(denied)) throw new Error('not allowed');
      return { DurableExecutionArn: 'arn:execution' };
    });
    expect(path.slice(-2)).toEqual(['Tell', 'Failed']);
    expect(end).toMatchObject({ Cause: 'not allowed' });
  });

  it('fails where nobody can be told either', async () => {
    const { path } = await walk({}, () => Promise.reject(new Error('gone')));
    expect(path).toEqual(['Start', 'Tell', 'Failed']);
  });
});
