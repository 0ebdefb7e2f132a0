import { describe, expect, it } from 'vitest';
import type { JournalLine } from '../../src/disk/journal/format.ts';
import { msBetween, toIso } from '../../src/domain/duration.ts';
import { renderPage } from '../../src/report/html/page.ts';
import { renderMarkdown } from '../../src/report/markdown.ts';
import { readReport } from '../../src/report/read-report.ts';
import { formatLength } from '../../src/report/words.ts';
import { sampleScenarios, scenarios } from '../run/scenarios/index.ts';
import { runThrough } from '../support/crash-and-resume.ts';
import { facts, reportOf, toLines } from '../support/journals.ts';
import { plantedSecrets } from '../support/set-up-schedule.ts';

const header = { kind: 'run', schema: 1, ...facts, startedAtMs: 0 } as const;
const shown = (connectionState: string, settings = { name: 'xks' }) => ({
  store: { customKeyStoreId: 'cks-1', customKeyStoreType: 'EXTERNAL_KEY_STORE', connectionState, settings },
});
const observe = (step: string, atMs: number, state: string, kind = 'reached') => ({
  kind: 'result',
  step,
  atMs,
  cancelRequested: false,
  value: { kind, observed: { ...shown(state), atMs }, calls: { DescribeCustomKeyStores: 1 } },
});
const send = (step: string, atMs: number, operation: string) => ({
  kind: 'intent',
  step,
  atMs,
  sending: { operation },
});
const answer = (step: string, atMs: number, value: object) => ({
  kind: 'result',
  step,
  atMs,
  cancelRequested: false,
  value,
});

/** A run that died once while it waited, and is not over. */
const cutOff: readonly JournalLine[] = [
  header,
  observe('1.describeStore', 100, 'CONNECTED', 'observed'),
  send('2.disconnectStore', 1_000, 'DisconnectCustomKeyStore'),
  { kind: 'resumed', atMs: 5_000, who: facts.who, version: '0.1.0' },
  answer('2.disconnectStore', 6_000, { kind: 'accepted', requestId: 'r-1' }),
  { kind: 'note', step: '3.settleStore', atMs: 7_000, note: 'DISCONNECTING' },
  { kind: 'note', step: '3.settleStore', atMs: 9_000, note: 'DISCONNECTED' },
  send('4.updateStore', 9_100, 'UpdateCustomKeyStore'),
  answer('4.updateStore', 9_300, {
    kind: 'refused',
    failure: { code: 'XksProxyUriUnreachableException', requestId: 'r-2' },
  }),
];

describe('a report', () => {
  it('tells states, calls and outage of a run that is not over', () => {
    const report = readReport(cutOff, null);

    expect(report).toMatchObject({ hasEnded: false, outcome: null, nextCommands: ['cks resume run-1'], looks: 1 });
    expect(report.states).toEqual([
      { state: 'CONNECTED', from: toIso(100), until: toIso(7_000) },
      { state: 'DISCONNECTING', from: toIso(7_000), until: toIso(9_000) },
      { state: 'DISCONNECTED', from: toIso(9_000), until: null },
    ]);
    expect(report.outages).toEqual([{ from: '1970-01-01T00:00:06.000Z', until: null }]);
    expect(report.calls).toEqual([
      {
        operation: 'DisconnectCustomKeyStore',
        at: '1970-01-01T00:00:01.000Z',
        tookMs: null,
        answer: 'accepted',
        code: null,
        requestId: 'r-1',
      },
      {
        operation: 'UpdateCustomKeyStore',
        at: '1970-01-01T00:00:09.100Z',
        tookMs: 200,
        answer: 'refused',
        code: 'XksProxyUriUnreachableException',
        requestId: 'r-2',
      },
    ]);
  });

  it('counts an outage from the call whose answer was lost, and from what an earlier run has left', () => {
    const upToSending = cutOff.slice(0, 3);
    expect(readReport(upToSending, null).outages).toEqual([{ from: toIso(1_000), until: null }]);

    const resumedFrom = { ...header, input: { resumedFrom: { runId: 'run-0', offlineSinceMs: -500 } } };
    const back = [
      resumedFrom,
      observe('1.describeStore', 100, 'DISCONNECTED', 'observed'),
      send('2.connectStore', 200, 'ConnectCustomKeyStore'),
      answer('2.connectStore', 300, { kind: 'accepted' }),
      observe('3.settleStore', 900, 'CONNECTED'),
    ];
    expect(readReport(back, null)).toMatchObject({
      resumedFrom: 'run-0',
      outages: [{ from: toIso(-500), until: toIso(900) }],
    });
  });

  it('names the keys that an unfinished run may have left disabled, and the command that verifies each', () => {
    const keys = [
      { keyId: 'arn:pay', state: 'disabled', disabledAtMs: 2_000 },
      { keyId: 'arn:sign', state: 'left', detail: 'another principal disabled it' },
    ];
    const fence = { keys, unfenced: [{ keyId: 'arn:new', why: 'created during the run' }], listedAtMs: 50, hidden: 1 };
    const fenced = [
      ...cutOff.slice(0, 2),
      { kind: 'intent', step: '2.disableKeys', atMs: 1_000, sending: { operation: 'DisableKey', resume: { fence } } },
    ];
    const report = readReport(fenced, null);

    expect(report.fence?.keys[0]).toEqual({
      keyId: 'arn:pay',
      state: 'disabled',
      disabledAt: '1970-01-01T00:00:02.000Z',
    });
    expect(report.nextCommands).toEqual(['cks resume run-1']);
    const markdown = renderMarkdown(report);
    for (const row of ['arn:pay | DISABLED | 00:00:02.000', 'disabled by another principal', 'arn:new | not fenced'])
      expect(markdown).toContain(row);
    expect(renderPage(report)).toContain('<h2>Fence</h2>');
  });

  it('reads what another version may have written', () => {
    const strange: readonly JournalLine[] = [
      { ...header, input: 'none' },
      { kind: 'dream', atMs: 5, of: 'sheep' },
      { kind: 'note', step: '1.x', atMs: 6, note: { deep: true } },
      { kind: 'result', step: '1.x', atMs: 7, cancelRequested: false, value: null },
      { kind: 'intent', step: '2.y', atMs: 8, sending: null },
      { kind: 'end', atMs: 9, outcome: null, result: null },
    ];
    const report = readReport(strange, null);

    expect(report).toMatchObject({ store: null, states: [], checks: [], hasEnded: true });
    expect(renderPage(report)).toContain('Wrong input');
    expect(renderMarkdown(report)).toContain('Wrong input');
  });
});

const voids = ['meta', '!doctype'];

/** What is open where a tag is closed, or at the end, and should not be. */
function findUnbalanced(page: string): string[] {
  const open: string[] = [];
  for (const [, slash, name = ''] of page.matchAll(/<(\/?)([!a-z][a-z0-9]*)[^>]*>/g)) {
    if (voids.includes(name)) continue;
    if (!slash) open.push(name);
    else if (open.pop() !== name) return [`</${name}>`];
  }
  return open;
}

describe('of each way through the lifecycle, a report', () => {
  it.for(sampleScenarios('report', 4).map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    async ([, scenario]) => {
      const { result, records } = await runThrough(scenario);
      const report = reportOf(records, result);

      const offlineMs = report.outages.reduce((sum, { from, until }) => sum + msBetween(from, until ?? ''), 0);
      if (result.offlineMs !== null && !result.resumedFrom)
        expect(Math.abs(offlineMs - result.offlineMs)).toBeLessThan(500);
      expect(report.calls.length + report.trialStoreCalls.length).toBe(
        records.filter(({ kind }) => kind === 'intent').length,
      );
      const page = renderPage(report);
      expect(findUnbalanced(page)).toEqual([]);
      expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|\bon\w+=|href|src=/i);
      for (const text of [page, renderMarkdown(report), JSON.stringify(report)]) {
        expect(plantedSecrets.filter((secret) => text.includes(secret))).toEqual([]);
        expect(text).not.toMatch(/undefined|\[object|NaN/);
      }
    },
  );
});

describe('the forms of a report', () => {
  it('tell a run that was rolled back', async () => {
    const scenario = scenarios.find(({ outcome, name }) => outcome === 'rolledBack' && /cluster/.test(name));
    if (scenario === undefined) throw new Error('there is no such scenario');
    const { result, records } = await runThrough(scenario);
    const report = reportOf(records, result, { request: { policy: { accept: ['outage'] } } });

    await expect(renderMarkdown(report)).toMatchFileSnapshot('rolled-back.md');
    await expect(renderPage(report)).toMatchFileSnapshot('rolled-back.html');
  });

  it('show hostile names as text', () => {
    const name = `<script>alert(1)</script> & "quotes" 'too' | [link](http://x) \u001b[31m`;
    const hostile = [
      { ...header, who: { ...facts.who, user: '<b>root</b>' } },
      {
        ...observe('1.describeStore', 100, 'CONNECTED', 'observed'),
        value: { kind: 'observed', observed: { ...shown('CONNECTED', { name }), atMs: 100 } },
      },
      answer('2.runChecks', 200, {
        kind: 'checked',
        findings: [{ check: '<i>x</i>', status: 'failed', message: name, details: [name] }],
      }),
    ];
    const report = readReport(hostile, null);
    const [page, markdown] = [renderPage(report), renderMarkdown(report)];

    expect(page).not.toMatch(/<script|<b>root|<i>x/);
    expect(page).toContain(
      '&#60;script&#62;alert(1)&#60;/script&#62; &#38; &#34;quotes&#34; &#39;too&#39; | [link](http://x) ?[31m',
    );
    expect(findUnbalanced(page)).toEqual([]);
    expect(page + markdown).not.toContain('\u001b');
    expect(markdown).not.toMatch(/(?<!\\)<script/);
    expect(markdown).toContain('`[link](http://x)`');
    expect(markdown.split('\n').filter((line) => /\| failed \|/.test(line))).toHaveLength(1);
  });

  it.each([
    ['@octocat', '`@octocat`'],
    ['a@example.com,', '`a@example.com,`'],
    ['https://example.com/a_b', '`https://example.com/a_b`'],
    ['(www.example.com)', '`(www.example.com)`'],
    ['org/repo#12', '`org/repo#12`'],
    ['!7', '`!7`'],
    ['`@octocat`', '`` `@octocat` ``'],
    ['`', '\\`'],
    ['a|@b|c', 'a\\|`@b`\\|c'],
    ['@a\u202eb', '`@a?b`'],
    ['&#64;octocat', '`&#64;octocat`'],
    ['ledger_hsm # 3', 'ledger\\_hsm \\# 3'],
  ])('show %s in Markdown as no link, mention or reference', (name, shownAs) => {
    const observed = { ...shown('CONNECTED', { name }), atMs: 100 };
    const hostile = [
      header,
      { ...observe('1.describeStore', 100, 'CONNECTED', 'observed'), value: { kind: 'observed', observed } },
    ];
    expect(renderMarkdown(readReport(hostile, null)).split('\n')[0]).toBe(`# ${shownAs}: Unfinished`);
  });

  it('draw everything within the frame', () => {
    const at = [...renderPage(reportOf([], null)).matchAll(/left:([\d.-]+)%/g)].map(([, left]) => Number(left));
    const far = toLines([], null).slice(0, 1);
    const calls = Array.from({ length: 30 }, (_, nth) => send(`${nth}.x`, 1_000, 'UpdateCustomKeyStore'));
    const page = renderPage(readReport([...far, observe('1.d', 10, 'CONNECTED'), ...calls], null));
    const lefts = [...at, ...[...page.matchAll(/left:([\d.-]+)%/g)].map(([, left]) => Number(left))];

    expect(lefts.filter((left) => !(left >= 0 && left <= 100))).toEqual([]);
  });

  it.each([
    [0, '0 ms'],
    [59.4, '59 ms'],
    [8_160, '8.2 s'],
    [59_949, '59.9 s'],
    [59_960, '1 min'],
    [190_000, '3 min 10 s'],
    [3_600_000, '1 h'],
    [3_900_000, '1 h 5 min'],
  ])('write %d ms as %s', (ms, text) => {
    expect(formatLength(ms)).toBe(text);
  });
});
