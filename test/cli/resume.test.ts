/** `cks resume`, `cks runs` and `cks rollback` after runs that were interrupted, failed or finished. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import {
  acceptAll,
  addExternal,
  describeCalls,
  type Ended,
  type Environment,
  storeId as id,
  type Rehearsal,
  storeCalls,
  testHere as test,
} from '../support/command.ts';
import { ageJournals, killAt, listRunIds, readJournalOf, rewriteJournal } from '../support/kill-command.ts';

const newEndpoint = 'https://new.xks.example.com';
const move = ['update', id, '--xks-proxy-uri-endpoint', newEndpoint, ...acceptAll];

/** The store is offline, and the process dies. */
const disconnected = { record: 'result 5.disconnectStore', dies: 'before' } as const;

async function cutOff(rehearsal: Rehearsal, words: readonly string[] = move, env: Environment = {}): Promise<string> {
  addExternal(rehearsal);
  await killAt(rehearsal, words, env, disconnected);
  return listRunIds(rehearsal.folder).at(-1) ?? '';
}

const messageOf = ({ stderr }: Ended) => stderr.split('\n').filter((line) => line.startsWith('cks: '));
const stateOf = ({ simulator }: Rehearsal) => simulator.store(id).ConnectionState;

describe.concurrent('cks resume', () => {
  test('continues the only unfinished run, and shows only new progress', async ({ rehearsal }) => {
    const runId = await cutOff(rehearsal);
    const { exitCode, json, stderr } = await rehearsal.run(['resume', '--progress', 'text']);

    expect([exitCode, json().outcome, json().runId]).toEqual([0, 'updated', runId]);
    expect(stderr).toMatch(
      new RegExp(`^00:0\\d {2}resuming ${runId} \\(interrupted \\d+ s ago, while disconnecting\\)\n`),
    );
    expect(stderr).not.toContain('KMS accepted the disconnect');
    expect(rehearsal.simulator.store(id).XksProxyConfiguration).toMatchObject({ UriEndpoint: newEndpoint });
  });

  test('refuses to choose between two unfinished runs', async ({ rehearsal }) => {
    const first = await cutOff(rehearsal);
    const { simulator } = rehearsal;
    simulator.addStore({ CustomKeyStoreName: 'other', ConnectionState: 'CONNECTED' });
    await killAt(rehearsal, ['reconnect', 'other', ...acceptAll], {}, disconnected);
    const second = listRunIds(rehearsal.folder).find((runId) => runId !== first);

    const ended = await rehearsal.run(['resume']);
    expect(ended.exitCode).toBe(2);
    expect(ended.stderr).toMatch(/^cks: which run\? These are unfinished: \S+, \S+\n$/);
    expect(ended.stderr).toContain(first);
    expect(ended.stderr).toContain(second);
  });

  test('refuses the credentials of another account, and changes nothing', async ({ rehearsal }) => {
    const runId = await cutOff(rehearsal);
    // A process of its own, since one that runs asks only once whose credentials it has.
    const ended = await rehearsal.start(['resume', runId], { AWS_ACCOUNT_ID: '999999999999' }).ended;

    expect([ended.exitCode, ended.json().outcome]).toEqual([3, 'refused']);
    expect(messageOf(ended)).toEqual(['cks: these are credentials of account 999999999999, not 111122223333']);
    expect((await rehearsal.run(['resume', runId])).exitCode).toBe(0);
  });

  test('names a lost secret, its reference, and the option for a new one', async ({ rehearsal }) => {
    const credential = [
      '--xks-proxy-authentication-credential',
      'AccessKeyId=NEWKEYNEWKEYNEWKEYNE,RawSecretAccessKey=env:NEW',
    ];
    const env = { NEW: 'n'.repeat(43) };
    const runId = await cutOff(rehearsal, ['update', id, ...credential, '--mode', 'offline', ...acceptAll], env);

    const ended = await rehearsal.run(['resume', runId]);
    expect(ended.exitCode).toBe(2);
    expect(messageOf(ended)).toEqual([
      'cks: the secret of XksProxyAuthenticationCredential (env:NEW) is still needed, and the environment variable that env: names is not set: restore it, or give it with --xks-proxy-authentication-credential',
    ]);
    expect((await rehearsal.run(['resume', runId], env)).exitCode).toBe(0);
  });

  test('continues a stranded run with a corrected value', async ({ rehearsal }) => {
    addExternal(rehearsal);
    rehearsal.simulator.failNextConnect(id, 'XKS_PROXY_INVALID_CONFIGURATION');
    const credential = (name: string) => [
      '--xks-proxy-authentication-credential',
      `AccessKeyId=NEWKEYNEWKEYNEWKEYNE,RawSecretAccessKey=env:${name}`,
    ];
    const env = { WRONG: 'w'.repeat(43), RIGHT: 'r'.repeat(43) };
    const first = await rehearsal.run(['update', id, ...credential('WRONG'), '--mode', 'offline', ...acceptAll], env);
    expect([first.exitCode, first.json().outcome]).toEqual([5, 'stranded']);
    const { runId } = first.json();
    expect(messageOf(await rehearsal.run(['resume']))).toEqual([
      `cks: no run is unfinished; the latest run that ended stranded can be continued: cks resume ${runId}`,
    ]);

    ageJournals(rehearsal.folder, 3_600_000);
    const second = await rehearsal.run(['resume', `${runId}`, ...credential('RIGHT'), ...acceptAll], env);
    expect([second.exitCode, second.json().outcome, second.json().resumedFrom]).toEqual([0, 'updated', runId]);
    expect(stateOf(rehearsal)).toBe('CONNECTED');
  });

  test('refuses a second resume of the same run, and names the lock owner', async ({ rehearsal }) => {
    const runId = await cutOff(rehearsal);
    const first = rehearsal.start(['resume', runId]);
    await first.saw('waiting for CONNECTED');
    first.process.kill('SIGSTOP');
    const second = await rehearsal.run(['resume', runId]);

    expect([second.exitCode, second.json().outcome]).toEqual([3, 'refused']);
    expect(messageOf(second)[0]).toMatch(
      new RegExp(`is in use by run ${runId} \\(process ${first.process.pid}, since 20\\S+Z, waiting for the store\\)$`),
    );
    first.process.kill('SIGCONT');
    expect((await first.ended).exitCode).toBe(0);
  });

  const mistakes: Record<
    string,
    { word: string | null; change?: (text: string) => string; exitCode: number; says: RegExp }
  > = {
    'an unknown run': {
      word: '20200101-000000-0000',
      exitCode: 2,
      says: /^cks: there is no run 20200101-000000-0000 in \S+; cks runs lists them$/,
    },
    'an invalid run id': { word: '../../etc/passwd', exitCode: 2, says: /^cks: there is no run / },
    'a journal that was edited': {
      word: null,
      change: (text) => text.replace('"passed"', '"failed"'),
      exitCode: 3,
      says: /^cks: \S+ was changed after cks wrote it: from line 3 on, its checksums do not fit\. /,
    },
    'a journal with a line cut out': {
      word: null,
      change: (text) => text.split('\n').toSpliced(2, 1).join('\n'),
      exitCode: 3,
      says: /^cks: \S+ was changed after cks wrote it: from line 3 on/,
    },
    'a journal of a newer version': {
      word: null,
      change: (text) => text.replace('"schema":1', '"schema":2'),
      exitCode: 3,
      says: /^cks: \S+ was written by version \S+ in a newer format \(2; this version knows 1\)\. Continue with that version\.$/,
    },
  };

  test.for(Object.entries(mistakes))('reports %s in one line, and loses nothing', async ([, row], { rehearsal }) => {
    const runId = await cutOff(rehearsal);
    const file = join(rehearsal.folder, 'state/runs', `${runId}.ndjson`);
    const text = readFileSync(file, 'utf8');
    if (row.change) writeFileSync(file, row.change(text));
    const callsBefore = rehearsal.simulator.calls.length;

    const ended = await rehearsal.run(['resume', row.word ?? runId]);
    expect(ended.exitCode).toBe(row.exitCode);
    expect(ended.stderr.trimEnd()).toMatch(row.says);
    expect(rehearsal.simulator.calls).toHaveLength(callsBefore);
    writeFileSync(file, text);
    expect((await rehearsal.run(['resume', runId])).exitCode).toBe(0);
  });

  test('refuses an updated run, and names the command that rolls it back', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const { runId } = (await rehearsal.run(move)).json();
    const ended = await rehearsal.run(['resume', `${runId}`]);
    expect(ended.exitCode).toBe(2);
    expect(messageOf(ended)).toEqual([
      `cks: run ${runId} has ended updated: nothing is left; cks rollback ${runId} reverts it`,
    ]);
  });

  /** As another commit of the same version would have left it, whose steps have other names. */
  const ofAnotherChart = (line: Readonly<Record<string, unknown>>) => ({
    ...line,
    ...('chart' in line ? { chart: 'another' } : {}),
    ...('step' in line ? { step: `${line.step}OfAnotherVersion` } : {}),
  });

  test('connects a store that a version with other steps took offline', async ({ rehearsal }) => {
    const runId = await cutOff(rehearsal);
    rewriteJournal(rehearsal.folder, runId, ofAnotherChart);
    // No stale read may show what was so before its last call.
    ageJournals(rehearsal.folder, 3_600_000);
    expect(stateOf(rehearsal)).not.toBe('CONNECTED');

    const ended = await rehearsal.run(['resume', runId, '--yes']);
    expect([ended.exitCode, ended.json().outcome, ended.json().resumedFrom]).toEqual([0, 'updated', runId]);
    expect(stateOf(rehearsal)).toBe('CONNECTED');
  });

  test('does not replay the journal of another machine with the same version and steps', async ({ rehearsal }) => {
    const runId = await cutOff(rehearsal);
    rewriteJournal(rehearsal.folder, runId, (line) => ('chart' in line ? { ...line, chart: 'another' } : line));
    ageJournals(rehearsal.folder, 3_600_000);

    const ended = await rehearsal.run(['resume', runId, '--yes']);
    expect([ended.exitCode, ended.json().resumedFrom]).toEqual([0, runId]);
  });

  test.for([
    [
      'of a newer version',
      { schema: 99 },
      /a newer version wrote its resume state \(schema 99; this version knows 4\)/,
    ],
    ['that are damaged', { update: 'half' }, /update is missing or wrong in its resume state/],
    ['that were never written', undefined, /its log has no resume state/],
  ] as const)('does not guess from facts %s, and says so in one line', async ([, wrong, says], { rehearsal }) => {
    const runId = await cutOff(rehearsal);
    rewriteJournal(rehearsal.folder, runId, (line) => {
      const { resume, ...sending } = (line.sending ?? {}) as { readonly resume?: object };
      return line.kind === 'intent'
        ? { ...line, sending: wrong ? { ...sending, resume: { ...resume, ...wrong } } : sending }
        : line;
    });
    const callsBefore = rehearsal.simulator.calls.length;

    const ended = await rehearsal.run(['resume', runId]);
    expect(ended.exitCode).toBe(3);
    expect(messageOf(ended)).toEqual([expect.stringMatching(says)]);
    expect(rehearsal.simulator.calls).toHaveLength(callsBefore);
  });

  test.for([
    ['the Disconnect', 'intent 5.disconnectStore', ['Connect']],
    ['the update', 'intent 7.updateStore', ['Update', 'Connect']],
  ] as const)('rolls back without a question a run that died at %s', async ([, record, calls], { rehearsal }) => {
    addExternal(rehearsal);
    await killAt(rehearsal, move, {}, { record, dies: 'sent' });
    ageJournals(rehearsal.folder, 3_600_000);
    const { simulator } = rehearsal;
    const callsBefore = simulator.calls.length;

    const ended = await rehearsal.run(['resume', '--roll-back', '--yes']);

    expect([ended.exitCode, ended.json().outcome, ended.json().settings]).toEqual([130, 'cancelled', 'old']);
    const told = describeCalls(simulator.calls.slice(callsBefore));
    expect(told.filter((call) => call !== 'Describe')).toEqual(calls);
    expect(simulator.store(id)).toMatchObject({
      ConnectionState: 'CONNECTED',
      XksProxyConfiguration: { UriEndpoint: 'https://old.xks.example.com' },
    });
  });

  test('recognizes a store that someone else connected meanwhile, and ends updated', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const { simulator } = rehearsal;
    await killAt(rehearsal, ['reconnect', id, ...acceptAll], {}, { record: 'result 6.settleStore', dies: 'before' });
    const runId = listRunIds(rehearsal.folder).at(-1) ?? '';
    simulator.call('ConnectCustomKeyStore', { CustomKeyStoreId: id });
    await vi.waitUntil(() => {
      simulator.call('DescribeCustomKeyStores', { CustomKeyStoreId: id });
      return stateOf(rehearsal) === 'CONNECTED';
    });
    ageJournals(rehearsal.folder, 3_600_000);
    const callsBefore = simulator.calls.length;

    const ended = await rehearsal.run(['resume', '--yes', '--progress', 'text']);

    expect([ended.exitCode, ended.json().outcome, ended.json().resumedFrom]).toEqual([0, 'updated', runId]);
    expect(ended.stderr).toContain(
      'someone else connected the store while this run was interrupted; CloudTrail shows who',
    );
    expect(describeCalls(simulator.calls.slice(callsBefore))).toEqual(['Describe']);
    expect(ended.json().offlineMs).toBeGreaterThan(0);
  });

  test('writes no secret into the facts of a journal', async ({ rehearsal }) => {
    const secret = 'canary'.padEnd(43, 'x');
    const credential = `AccessKeyId=NEWKEYNEWKEYNEWKEYNE,RawSecretAccessKey=env:NEW`;
    const words = [
      'update',
      id,
      '--xks-proxy-authentication-credential',
      credential,
      '--mode',
      'offline',
      ...acceptAll,
    ];
    const runId = await cutOff(rehearsal, words, { NEW: secret });
    const journal = JSON.stringify(readJournalOf(rehearsal.folder, runId));
    expect(journal).toContain('"resume":{"schema":4');
    expect(journal).not.toContain(secret);
  });

  test('continues after the clock was set back', async ({ rehearsal }) => {
    const runId = await cutOff(rehearsal);
    ageJournals(rehearsal.folder, -3_600_000);
    const ended = await rehearsal.run(['resume', runId]);
    expect([ended.exitCode, ended.json().outcome]).toEqual([0, 'updated']);
  });
});

describe.concurrent('an unfinished run', () => {
  test('stays unfinished when a new run is refused because of it', async ({ rehearsal }) => {
    const runId = await cutOff(rehearsal);
    const rename = ['update', 'xks', '--new-custom-key-store-name', 'renamed', '--yes'];
    const refused = await rehearsal.run(rename);

    expect(refused.exitCode).toBe(3);
    expect(messageOf(refused)).toEqual(['cks: not confirmed: --accept unfinished-run is missing']);
    expect(refused.json().checks).toContainEqual(
      expect.objectContaining({ message: expect.stringContaining(`cks resume ${runId}`) }),
    );
    expect((await rehearsal.run(['resume'])).json()).toMatchObject({ runId, outcome: 'updated' });
  });

  test('an unfinished run with an unreadable journal blocks new runs on its store only', async ({ rehearsal }) => {
    const runId = await cutOff(rehearsal);
    const file = join(rehearsal.folder, 'state/runs', `${runId}.ndjson`);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"pid":', '"pid":1'));
    rehearsal.simulator.addStore({ CustomKeyStoreName: 'other', ConnectionState: 'DISCONNECTED' });
    const connect = (store: string) => rehearsal.run(['update', store, '--final-state', 'connected', '--yes']);

    const refused = await connect('xks');
    expect(refused.exitCode).toBe(3);
    expect(messageOf(refused)).toEqual(['cks: not confirmed: --accept unknown:unfinished-runs is missing']);
    expect(refused.json().checks).toContainEqual({
      check: 'unfinished-runs',
      status: 'unknown',
      message: expect.stringContaining(`${runId}.ndjson was changed after cks wrote it: from line 1`),
    });
    expect((await connect('other')).exitCode).toBe(0);
  });

  test('can be abandoned by accepting the risk', async ({ rehearsal }) => {
    const runId = await cutOff(rehearsal);
    const back = ['update', 'xks', '--final-state', 'connected', '--yes', '--accept', 'unfinished-run'];
    const ended = await rehearsal.run(back);
    expect([ended.exitCode, stateOf(rehearsal)]).toEqual([0, 'CONNECTED']);
    expect((await rehearsal.run(['resume'])).exitCode).toBe(2);
    const calls = rehearsal.simulator.calls.length;
    const late = await rehearsal.run(['resume', runId, '--yes']);
    const { runId: laterId } = ended.json();
    expect([late.exitCode, messageOf(late)]).toEqual([
      2,
      [
        `cks: run ${runId} cannot be resumed: the later run ${laterId} on the same store has taken its place (updated). Nothing was changed; show it with cks runs show ${laterId}`,
      ],
    ]);
    expect(rehearsal.simulator.calls).toHaveLength(calls);
  });
});

describe.concurrent('cks runs', () => {
  test('shows the state of the store of an unfinished run, and the command that continues it', async ({
    rehearsal,
  }) => {
    const runId = await cutOff(rehearsal);
    const show = ['runs', '--output', 'text'];
    await vi.waitUntil(() => {
      rehearsal.simulator.call('DescribeCustomKeyStores', { CustomKeyStoreId: id });
      return stateOf(rehearsal) === 'DISCONNECTED';
    });

    const [header, row, ...told] = (await rehearsal.run(show)).stdout.split('\n');
    expect(header).toMatch(/^RUN +STORE {2}OUTCOME {5}BEGAN$/);
    expect(row).toMatch(new RegExp(`^${runId} {2}xks {4}unfinished {2}\\d+ s ago$`));
    expect(told).toEqual([
      `${runId}: its store is DISCONNECTED now, no key works; continue`,
      `  with: cks resume ${runId}`,
      '',
    ]);
    const somebodyElse = await rehearsal.start(show, { AWS_ACCESS_KEY_ID: null }).ended;
    expect(somebodyElse.stdout).toContain('its store was last offline, and KMS does not answer now');
    const listed = await rehearsal.run(['runs']);
    expect(listed.json().runs).toMatchObject([{ runId, isUnfinished: true, stateNow: 'DISCONNECTED' }]);
    expect(listed.exitCode).toBe(0);
  });

  test('shows a running run with its process, and does not offer to resume it', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const { simulator } = rehearsal;
    simulator.failNext('DescribeCustomKeyStores', 'ExpiredTokenException', {
      store: id,
      state: 'DISCONNECTED',
      times: 'always',
    });
    const running = rehearsal.start(move);
    await running.saw('waiting for KMS');
    const [runId = ''] = listRunIds(rehearsal.folder);
    const { pid } = running.process;

    const { stdout } = await rehearsal.run(['runs', '--output', 'text']);
    expect(stdout).toMatch(
      new RegExp(
        `^${runId} {2}xks {4}running \\(pid ${pid}, waiting for KMS to be reachable again, \\d\\d:\\d\\d\\)`,
        'm',
      ),
    );
    expect(stdout.replace(/\n {2}/g, ' ')).toContain(
      `${runId}: running in process ${pid}; to stop it: cks stop ${runId}`,
    );
    expect(stdout).not.toContain('resume');
    const listed = await rehearsal.run(['runs']);
    expect(listed.json().runs).toMatchObject([{ runId, isUnfinished: false, running: { pid } }]);

    const resumed = await rehearsal.run(['resume']);
    expect([resumed.exitCode, messageOf(resumed)]).toEqual([
      2,
      [
        expect.stringMatching(
          new RegExp(`^cks: run ${runId} is running \\(pid ${pid}, .*\\): to stop it: cks stop ${runId}$`),
        ),
      ],
    ]);
    const rename = ['update', 'xks', '--new-custom-key-store-name', 'renamed', '--yes'];
    running.process.kill('SIGSTOP');
    simulator.clearFaults();
    const refused = await rehearsal.run(rename);
    expect(messageOf(refused)[0]).toContain(`is in use by run ${runId} (process ${pid},`);
    running.process.kill('SIGCONT');
    expect((await running.ended).exitCode).toBe(0);
  });

  test('shows who did what and when in one run, and what KMS answered', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const { runId } = (await rehearsal.run(move)).json();
    const { stdout } = await rehearsal.run(['runs', 'show', `${runId}`, '--output', 'text']);
    const told = stdout.replaceAll(/\n {22}/g, ' ').replaceAll(/20\S+Z {2}/g, '');

    expect(told.split('\n')[0]).toMatch(
      new RegExp(
        `^run ${runId} by \\S+ on \\S+ \\(process \\d+\\), cks \\S+, us-east-1 of account 111122223333; requested XksProxyUriEndpoint ${newEndpoint}; accepted outage, unverified-keys, no-rollback, unknown:xks-proxy$`,
      ),
    );
    expect(told).toContain(`7.updateStore: sending UpdateCustomKeyStore XksProxyUriEndpoint ${newEndpoint}\n`);
    for (const { operation, requestId } of storeCalls(rehearsal.simulator.calls)) {
      if (operation !== 'DescribeCustomKeyStores') expect(told).toContain(`accepted, request ${requestId}\n`);
    }
    expect(told).toContain('9.settleStore: reached, the store is CONNECTED\n10.verifyKeys: verified\n');
    expect(told.trimEnd()).toMatch(/ended updated$/);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('prunes old finished runs, and none whose store may be offline', async ({ rehearsal }) => {
    const kept = await cutOff(rehearsal);
    await rehearsal.run(['update', 'xks', '--new-custom-key-store-name', 'renamed', '--yes']);
    expect(listRunIds(rehearsal.folder)).toHaveLength(2);
    expect((await rehearsal.run(['runs', 'prune', '--older-than', '1h'])).json()).toEqual({ removed: [] });

    ageJournals(rehearsal.folder, 7_200_000);
    const { stdout } = await rehearsal.run(['runs', 'prune', '--older-than', '1h', '--output', 'text']);
    expect(stdout).toBe('1 journal removed\n');
    expect(listRunIds(rehearsal.folder)).toEqual([kept]);
    expect(readdirSync(join(rehearsal.folder, 'state/runs')).filter((name) => !name.startsWith(kept))).toEqual([]);
  });

  test('lists an unreadable journal with the others', async ({ rehearsal }) => {
    const runId = await cutOff(rehearsal);
    writeFileSync(join(rehearsal.folder, 'state/runs/20200101-000000-0000.ndjson'), 'no journal\n');
    const { exitCode, json } = await rehearsal.run(['runs']);
    expect(exitCode).toBe(0);
    expect(json()).toMatchObject({ runs: [{ runId }], problems: [{ runId: '20200101-000000-0000' }] });
  });

  test('says that there are no runs yet', async ({ rehearsal }) => {
    expect((await rehearsal.run(['runs', '--output', 'text'])).stdout).toBe('No runs yet.\n');
  });
});

describe.concurrent('cks rollback', () => {
  test('reverts an updated run, as a new run', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const { runId } = (await rehearsal.run(move)).json();
    ageJournals(rehearsal.folder, 3_600_000);
    const refused = await rehearsal.run(['rollback', `${runId}`, '--yes']);
    expect(messageOf(refused)).toEqual(['cks: not confirmed: --accept outage,unknown:xks-proxy is missing']);

    const { exitCode, json } = await rehearsal.run(['rollback', `${runId}`, ...acceptAll]);
    expect([exitCode, json().outcome, json().resumedFrom]).toEqual([0, 'updated', runId]);
    expect(rehearsal.simulator.store(id).XksProxyConfiguration).toMatchObject({
      UriEndpoint: 'https://old.xks.example.com',
    });
  });

  test('refuses to move a store back that has connected to its new cluster, and says so', async ({ rehearsal }) => {
    const { simulator, run } = rehearsal;
    const [first] = simulator.describeWorld().clusters;
    const from = first?.clusterId ?? '';
    const to = simulator.addCluster({ restoredFrom: from });
    simulator.addStore({ CustomKeyStoreName: 'hsm', CloudHsmClusterId: from, ConnectionState: 'CONNECTED', keys: 1 });
    const updated = await run(['update', 'hsm', '--cloud-hsm-cluster-id', to, '--yes', '--accept', 'outage']);
    const { runId, outcome } = updated.json();
    expect(outcome).toBe('updated');
    const callsBefore = simulator.calls.length;

    const refused = await run(['rollback', `${runId}`, ...acceptAll]);
    expect([refused.exitCode, messageOf(refused)]).toEqual([
      2,
      [`cks: run ${runId} cannot be rolled back: the store has connected with the new CloudHsmClusterId`],
    ]);
    expect(simulator.calls.slice(callsBefore)).toEqual([]);
  });

  test('changes nothing if someone else changed the store since', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const { runId } = (await rehearsal.run(move)).json();
    ageJournals(rehearsal.folder, 3_600_000);
    rehearsal.simulator.call('UpdateCustomKeyStore', {
      CustomKeyStoreId: id,
      XksProxyUriPath: '/their/kms/xks/v1',
    });
    const callsBefore = rehearsal.simulator.calls.length;

    const ended = await rehearsal.run(['rollback', `${runId}`, ...acceptAll]);
    expect([ended.exitCode, ended.json().outcome]).toEqual([3, 'refused']);
    expect(messageOf(ended)).toEqual([`cks: "xks" (${id}) has changed since run ${runId}`]);
    expect(describeCalls(rehearsal.simulator.calls.slice(callsBefore))).toEqual(['Describe']);
  });

  test('refuses if the file of the old secret now holds another secret, and writes no secret', async ({
    rehearsal,
  }) => {
    addExternal(rehearsal);
    const [newFile, oldFile] = ['new', 'old'].map((name) => join(rehearsal.folder, `${name}-secret`)) as [
      string,
      string,
    ];
    const secrets = ['n'.repeat(43), 'o'.repeat(43), 'c'.repeat(43)] as const;
    writeFileSync(newFile, secrets[0]);
    writeFileSync(oldFile, secrets[1]);
    const credential = (accessKeyId: string, file: string) =>
      `AccessKeyId=${accessKeyId},RawSecretAccessKey=file:${file}`;
    const rotate = await rehearsal.run([
      ...['update', id, '--xks-proxy-authentication-credential', credential('NEWKEYNEWKEYNEWKEYNE', newFile)],
      ...['--previous-xks-proxy-authentication-credential', credential('OLDKEYOLDKEYOLDKEYOL', oldFile), ...acceptAll],
    ]);
    expect([rotate.exitCode, rotate.json().outcome], rotate.stderr).toEqual([0, 'updated']);
    const { runId } = rotate.json();
    writeFileSync(oldFile, secrets[2]);
    const callsBefore = rehearsal.simulator.calls.length;

    const refused = await rehearsal.run(['rollback', `${runId}`, ...acceptAll]);
    expect([refused.exitCode, messageOf(refused)]).toEqual([
      2,
      [expect.stringContaining(`run ${runId} cannot be rolled back: file:${oldFile}, the old secret of`)],
    ]);
    expect(rehearsal.simulator.calls).toHaveLength(callsBefore);
    const shown = await rehearsal.run(['runs', 'show', `${runId}`]);
    const journal = JSON.stringify(readJournalOf(rehearsal.folder, `${runId}`));
    expect(journal).toContain('"pins"');
    for (const secret of secrets)
      expect(`${journal}${shown.stdout}${refused.stderr}${refused.stdout}`).not.toContain(secret);

    writeFileSync(oldFile, secrets[1]);
    const back = await rehearsal.run(['rollback', `${runId}`, ...acceptAll]);
    expect([back.exitCode, back.json().outcome], back.stderr).toEqual([0, 'updated']);
    // The undoing could be rolled back itself, with the credential of the run that it undoes.
    expect(back.json().changes).toMatchObject([{ property: 'XksProxyAuthenticationCredential', restorable: true }]);
  });

  test('restores the old secret in the version that the run read, wherever AWSCURRENT is', async ({ rehearsal }) => {
    const { simulator, folder } = rehearsal;
    addExternal(rehearsal);
    const oldId = 'OLDKEYOLDKEYOLDKEYOL';
    const [oldSecret, newSecret, laterSecret] = ['o', 'n', 'l'].map((letter) => letter.repeat(43)) as [
      string,
      string,
      string,
    ];
    const keep = (AccessKeyId: string, RawSecretAccessKey: string) =>
      simulator.addSecret({ Name: 'ledger', SecretString: JSON.stringify({ AccessKeyId, RawSecretAccessKey }) });
    const arn = keep(oldId, oldSecret);
    const credentials = { [oldId]: oldSecret, NEWKEYNEWKEYNEWKEYNE: newSecret };
    simulator.addProxy({ endpoint: 'https://old.xks.example.com', credentials });
    const rotate = await rehearsal.run(
      [
        ...['update', id, '--xks-proxy-authentication-credential'],
        'AccessKeyId=NEWKEYNEWKEYNEWKEYNE,RawSecretAccessKey=env:NEW',
        ...['--previous-xks-proxy-authentication-credential', `secretsmanager:${arn}`, ...acceptAll],
      ],
      { NEW: newSecret },
    );
    expect([rotate.exitCode, rotate.json().outcome], rotate.stderr).toEqual([0, 'updated']);
    keep(oldId, laterSecret);

    const back = await rehearsal.run(['rollback', `${rotate.json().runId}`, ...acceptAll]);
    expect([back.exitCode, back.json().outcome], back.stderr).toEqual([0, 'updated']);
    expect(simulator.store(id)).toMatchObject({
      ConnectionState: 'CONNECTED',
      XksProxyConfiguration: { AccessKeyId: oldId },
    });
    const journals = listRunIds(folder).map((runId) => JSON.stringify(readJournalOf(folder, runId)));
    expect(journals).toHaveLength(2);
    for (const journal of journals) expect(journal).toContain(`secretsmanager:${arn}##`);
    for (const secret of [oldSecret, newSecret, laterSecret]) expect(journals.join('')).not.toContain(secret);
  });

  test('finds the old secret of a run that a resume started', async ({ rehearsal }) => {
    const oldFile = join(rehearsal.folder, 'old-secret');
    writeFileSync(oldFile, 'o'.repeat(43));
    const credential = (accessKeyId: string, where: string) => `AccessKeyId=${accessKeyId},RawSecretAccessKey=${where}`;
    const change = (where: string) => [
      '--xks-proxy-authentication-credential',
      credential('NEWKEYNEWKEYNEWKEYNE', where),
    ];
    const env = { WRONG: 'w'.repeat(43), RIGHT: 'r'.repeat(43) };
    const previous = [
      '--previous-xks-proxy-authentication-credential',
      credential('OLDKEYOLDKEYOLDKEYOL', `file:${oldFile}`),
    ];
    const words = ['update', id, ...change('env:WRONG'), ...previous, '--mode', 'offline', ...acceptAll];
    const earlier = await cutOff(rehearsal, words, env);
    ageJournals(rehearsal.folder, 3_600_000);
    const resumed = await rehearsal.run(['resume', earlier, ...change('env:RIGHT'), ...acceptAll], env);
    expect([resumed.exitCode, resumed.json().outcome], resumed.stderr).toEqual([0, 'updated']);
    const { runId } = resumed.json();
    expect(runId).not.toBe(earlier);
    writeFileSync(oldFile, 'c'.repeat(43));

    const refused = await rehearsal.run(['rollback', `${runId}`, ...acceptAll]);
    expect([refused.exitCode, messageOf(refused)]).toEqual([
      2,
      [expect.stringContaining(`run ${runId} cannot be rolled back: file:${oldFile}, the old secret of`)],
    ]);
  });

  test.for([
    ['no run at all', [], /^cks: which run\? Give its id, as cks runs lists it$/],
    ['an unknown run', ['20200101-000000-0000'], /^cks: there is no run 20200101-000000-0000 in /],
  ] as const)('rejects %s as wrong input', async ([, words, says], { rehearsal }) => {
    const ended = await rehearsal.run(['rollback', ...words]);
    expect(ended.exitCode).toBe(2);
    expect(ended.stderr.trimEnd()).toMatch(says);
  });

  test('refuses an unfinished run, and names the command that finishes it', async ({ rehearsal }) => {
    const runId = await cutOff(rehearsal);
    const ended = await rehearsal.run(['rollback', runId]);
    expect(ended.exitCode).toBe(2);
    expect(messageOf(ended)).toEqual([
      `cks: run ${runId} is unfinished; cks resume ${runId}: only a run that ended updated can be rolled back`,
    ]);
  });
});

describe.concurrent('where the journal is kept', () => {
  test('refuses a run whose journal cannot be written', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const file = join(rehearsal.folder, 'file');
    writeFileSync(file, '');
    const ended = await rehearsal.run([...move, '--state-dir', file]);

    expect(ended.exitCode).toBe(3);
    expect(messageOf(ended)[0]).toMatch(
      /^cks: the journal \S+ cannot be kept \(ENOTDIR.*\), so nothing was sent\. Free some space/,
    );
    expect(rehearsal.simulator.calls).toEqual([]);
  });

  test('--no-journal keeps no journal, and the result says so', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const { exitCode, json } = await rehearsal.run([...move, '--no-journal']);
    expect([exitCode, json().journal, listRunIds(rehearsal.folder)]).toEqual([0, 'none', []]);
  });

  test('--state-dir moves the journal for all commands', async ({ rehearsal }) => {
    addExternal(rehearsal);
    const elsewhere = ['--state-dir', join(rehearsal.folder, 'elsewhere')];
    const { runId } = (await rehearsal.run([...move, ...elsewhere])).json();
    expect(listRunIds(rehearsal.folder)).toEqual([]);
    expect((await rehearsal.run(['runs', ...elsewhere])).json().runs).toMatchObject([{ runId, outcome: 'updated' }]);
  });
});
