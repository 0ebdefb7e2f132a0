/** examples/github-actions.yaml: its scripts run as a runner would run them, with the built command and a simulator. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type Rehearsal, rehearse, test } from '../support/command.ts';
import { serveTable, tableName } from '../support/lock-tables.ts';
import { readRunbook, textsOf } from '../support/runbooks.ts';
import { builtCks, makeCommands, runShell } from '../support/shell-scripts.ts';
import { newCredential, oldCredential } from '../support/stores.ts';

interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly needs?: string;
  readonly if?: string;
  readonly environment?: string;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
  readonly 'timeout-minutes': number;
}

const workflow = parse(readRunbook('github-actions.yaml')) as {
  readonly on: { readonly workflow_dispatch: { readonly inputs: Readonly<Record<string, object>> } };
  readonly permissions: Readonly<Record<string, string>>;
  readonly concurrency: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string>>;
  readonly jobs: Readonly<Record<'plan' | 'apply', Job>>;
};
const { jobs } = workflow;
const steps = Object.values(jobs).flatMap((job) => job.steps);

/** `${{ inputs.store }}` -> `inputs.store` */
const expressionsIn = (value: unknown) =>
  textsOf(value).flatMap((text) => [...text.matchAll(/\$\{\{ ([\w.]+) \}\}/g)].map(([, name = '']) => name));

describe('the workflow', () => {
  it('names only inputs, variables, outputs and steps that are there', () => {
    const known = [
      ...Object.keys(workflow.on.workflow_dispatch.inputs).map((name) => `inputs.${name}`),
      ...Object.keys(workflow.env).map((name) => `env.${name}`),
      'steps.plan.outputs.changes',
    ];
    expect(known).toEqual(expect.arrayContaining(expressionsIn(workflow)));
    expect(jobs.plan.steps.map(({ id }) => id)).toContain('plan');
    expect(jobs.plan.outputs).toHaveProperty('changes');
    expect(jobs.apply.if).toBe("needs.plan.outputs.changes == 'true'");
  });

  it('applies after an approval, what was planned, with time for the longest way', () => {
    expect(jobs.apply).toMatchObject({ needs: 'plan', environment: 'key-stores' });
    expect(jobs.apply['timeout-minutes']).toBeGreaterThan(120);
    expect(workflow.concurrency['cancel-in-progress']).toBe(false);
    const [up, down] = ['upload', 'download'].map((word) =>
      steps.find(({ uses, with: given }) => uses?.includes(`${word}-artifact`) && given?.name === 'plan'),
    );
    expect([up?.with?.path, down?.with?.name]).toEqual(['plan.json', 'plan']);
  });

  it('holds no secret, and lets no input write into a script', () => {
    expect(workflow.permissions).toEqual({ contents: 'read', 'id-token': 'write' });
    expect(textsOf(workflow).filter((text) => /secrets\.|AWS_SECRET|AKIA/.test(text))).toEqual([]);
    expect(steps.flatMap(({ run }) => expressionsIn(run))).toEqual([]);
  });
});

const storeId = 'cks-1234567890abcdef0';

/** The steps of a runner, in one folder, with a store whose secret has a version to come. */
async function stage({ simulator, environment, folder }: Rehearsal, cks = builtCks) {
  simulator.addStore({
    CustomKeyStoreId: storeId,
    CustomKeyStoreName: 'payments-xks',
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    ConnectionState: 'CONNECTED',
    XksProxyAuthenticationCredential: oldCredential,
  });
  const secret = simulator.addSecret({ Name: 'xks', SecretString: JSON.stringify(oldCredential) });
  const table = await serveTable();
  const path = makeCommands(folder, { cks });
  const file = (name: string) => join(folder, name);
  for (const name of ['output', 'summary']) writeFileSync(file(name), '');
  const given: Record<string, string> = {
    'inputs.store': 'payments-xks',
    'inputs.secret': secret,
    'inputs.accept': '',
  };

  return {
    close: table.close,
    read: (name: string) => readFileSync(file(name), 'utf8'),
    carry({ run = '', env = {} }: Step) {
      const own = Object.entries(env).map(([name, text]) => [
        name,
        text.replace(/\$\{\{ ([\w.]+) \}\}/g, (_, expression: string) => given[expression] ?? ''),
      ]);
      const surroundings = {
        ...environment,
        ...workflow.env,
        ...Object.fromEntries(own),
        CKS_LOCK_TABLE: tableName,
        AWS_ENDPOINT_URL_DYNAMODB: table.url,
        PATH: `${path}:${environment.PATH}`,
        GITHUB_OUTPUT: file('output'),
        GITHUB_STEP_SUMMARY: file('summary'),
      };
      return runShell(['bash', '-e', '-c', run], surroundings, folder);
    },
  };
}

const scriptsOf = ({ steps: all }: Job) => all.filter(({ run }) => run?.includes('cks '));

describe('its scripts', () => {
  test('plan a change, apply it, and report; no secret is written', async ({ rehearsal, onTestFinished }) => {
    const { carry, read, close } = await stage(rehearsal);
    onTestFinished(close);
    const { simulator } = rehearsal;
    simulator.addSecret({ Name: 'xks', SecretString: JSON.stringify(newCredential), VersionStages: ['AWSPENDING'] });
    const [plan] = scriptsOf(jobs.plan);
    const [apply, report] = scriptsOf(jobs.apply);

    const planned = await carry(plan as Step);
    expect([planned.exitCode, read('output')], planned.printed).toEqual([0, 'changes=true\n']);
    expect(read('summary')).toMatch(/^```\nPLAN {2}"payments-xks"/);

    const applied = await carry(apply as Step);
    expect(applied.exitCode, applied.printed).toBe(0);
    expect(simulator.store(storeId).XksProxyConfiguration?.AccessKeyId).toBe(newCredential.AccessKeyId);

    const reported = await carry(report as Step);
    expect(reported).toEqual({ exitCode: 0, printed: '' });
    expect(read('summary')).toContain('UpdateCustomKeyStore');

    const written = [planned.printed, applied.printed, read('summary'), read('plan.json'), read('plan.txt')].join('\n');
    for (const { RawSecretAccessKey } of [oldCredential, newCredential])
      expect(written).not.toContain(RawSecretAccessKey);
  });

  it.each([
    [0, 0, 'changes=false\n'],
    [20, 0, 'changes=true\n'],
    [3, 3, ''],
    [2, 2, ''],
  ])('take exit %i of the plan for exit %i, and "%s"', (code, exitCode, output) =>
    rehearse(async (rehearsal) => {
      const { carry, read, close } = await stage(rehearsal, `exit ${code}`);
      const planned = await carry(scriptsOf(jobs.plan)[0] as Step);
      expect([planned.exitCode, read('output')]).toEqual([exitCode, output]);
      await close();
    }),
  );

  test('fail where there is no version of the secret to come', async ({ rehearsal, onTestFinished }) => {
    const { carry, read, close } = await stage(rehearsal);
    onTestFinished(close);
    const { exitCode } = await carry(scriptsOf(jobs.plan)[0] as Step);
    expect(exitCode).not.toBe(0);
    expect(read('output')).toBe('');
  });
});
