/** Consent is given by a line that ends with Enter and was typed after its question was shown: by nothing else. */
import { describe, expect } from 'vitest';
import { describeCalls, external, storeId as id, type Rehearsal, test } from '../support/command.ts';
import { hasPty, test as onPty } from '../support/pty.ts';
import { ctrlC, enter, runOnTerminal } from '../support/terminal.ts';

const ctrlD = '\u0004';
const rename = ['update', 'xks', '--new-custom-key-store-name', 'renamed'];
const move = ['update', 'xks', '--xks-proxy-uri-endpoint', 'https://new.xks.example.com'];
const dumb = { TERM: 'dumb' };

function addStore({ simulator }: Rehearsal): void {
  simulator.addStore(external);
}

function sitDown(rehearsal: Rehearsal, words: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const where = ['--endpoint-url', rehearsal.url, '--state-dir', `${rehearsal.folder}/state`];
  const region = words[0] === 'resume' ? [] : ['--region', 'us-east-1'];
  return runOnTerminal([...words, ...where, ...region], { env });
}

const writesTo = ({ simulator }: Rehearsal) => describeCalls(simulator.calls).filter((call) => call !== 'Describe');

/** Leaves an unfinished run that has taken the store offline. */
async function leaveUnfinished(rehearsal: Rehearsal): Promise<void> {
  addStore(rehearsal);
  const running = rehearsal.start(['reconnect', id, '--yes', '--accept', 'outage']);
  await running.saw('waiting for DISCONNECTED');
  running.process.kill('SIGKILL');
  await running.ended;
}

describe.concurrent('a question', () => {
  test.for([{}, dumb])(
    'is not answered by keys that were typed before it was shown (%j)',
    async (env, { rehearsal }) => {
      addStore(rehearsal);
      const terminal = sitDown(rehearsal, rename, env);
      terminal.type(`y${enter}y${enter}`);
      await terminal.saw('Apply this plan to xks?');
      terminal.type(`n${enter}`);

      expect(await terminal.exitCode).toBe(130);
      expect(writesTo(rehearsal)).toEqual([]);
    },
  );

  test.for([{}, dumb])(
    'takes one line of a paste, and none of it answers the next question (%j)',
    async (env, { rehearsal }) => {
      addStore(rehearsal);
      const terminal = sitDown(rehearsal, move, env);
      await terminal.saw('Accept the risk unknown:xks-proxy?');
      terminal.type(`y${enter}xks${enter}y${enter}`);
      await terminal.saw('Type xks to confirm');
      terminal.type(enter);

      expect(await terminal.exitCode).toBe(130);
      expect(writesTo(rehearsal)).toEqual([]);
    },
  );

  test('a question that asks for consent needs Enter', async ({ rehearsal }) => {
    addStore(rehearsal);
    const terminal = sitDown(rehearsal, rename);
    await terminal.saw('Apply this plan to xks?');
    terminal.type('y');
    await terminal.saw('y');
    terminal.type(ctrlC);

    expect(await terminal.exitCode).toBe(130);
    expect(writesTo(rehearsal)).toEqual([]);
  });

  test.for([
    ['Ctrl-C', {}, ctrlC],
    ['Ctrl-C on a dumb terminal', dumb, ctrlC],
    ['Ctrl-D on a dumb terminal', dumb, ctrlD],
  ] as const)(
    'whether to resume an unfinished run is cancelled by %s, and nothing is changed',
    async ([, env, key], { rehearsal }) => {
      await leaveUnfinished(rehearsal);
      const before = writesTo(rehearsal);
      const terminal = sitDown(rehearsal, rename, env);
      await terminal.saw('Resume that run instead?');
      terminal.type(key);

      expect(await terminal.exitCode).toBe(130);
      expect(terminal.screen.replace(/\s+/g, ' ')).toMatch(
        /Run \S+ of "xks" \S+ is unfinished; store last seen [A-Z]+\./,
      );
      expect(terminal.screen).toContain('cks: cancelled; nothing was changed');
      expect(terminal.screen).not.toContain('Apply this plan to xks?');
      expect(writesTo(rehearsal)).toEqual(before);
    },
  );

  test('a question for a secret is cancelled by Ctrl-C, and nothing is changed', async ({ rehearsal }) => {
    addStore(rehearsal);
    const credential = 'AccessKeyId=NEWKEYNEWKEYNEWKEYNE,RawSecretAccessKey=prompt';
    const terminal = sitDown(rehearsal, ['update', 'xks', '--xks-proxy-authentication-credential', credential]);
    await terminal.saw('Secret of XksProxyAuthenticationCredential:');
    terminal.type(ctrlC);

    expect(await terminal.exitCode).toBe(130);
    expect(describeCalls(rehearsal.simulator.calls)).toEqual([]);
  });

  test('is cancelled by SIGINT as by Ctrl-C', async ({ rehearsal }) => {
    addStore(rehearsal);
    const terminal = sitDown(rehearsal, rename, dumb);
    await terminal.saw('Apply this plan to xks?');
    terminal.signal('SIGINT');

    expect(await terminal.exitCode).toBe(130);
    expect(writesTo(rehearsal)).toEqual([]);
  });
});

describe.skipIf(!hasPty)('on a terminal of the system', { concurrent: true }, () => {
  onPty.for([
    ['keys without Enter', 'yyyy', undefined],
    ['lines', 'y\ny\ny\n', undefined],
    ['lines, on a dumb terminal', 'y\ny\ny\n', 'dumb'],
    ['keys without Enter, on a dumb terminal', 'yyyy', 'dumb'],
  ] as const)('discards what was typed before the question: %s', async ([, keys, term], { rehearsal, sitDown }) => {
    addStore(rehearsal);
    const env = term === undefined ? rehearsal.environment : { ...rehearsal.environment, TERM: term };
    const pty = sitDown(rename, env);
    pty.type(keys);
    await pty.saw('Apply this plan to xks?');
    pty.type('\r');

    expect(await pty.exitCode).toBe(130);
    expect(writesTo(rehearsal)).toEqual([]);
  });

  onPty.for([undefined, 'dumb'])('Ctrl-D and Ctrl-C cancel a question (%s)', async (term, { rehearsal, sitDown }) => {
    addStore(rehearsal);
    const env = term === undefined ? rehearsal.environment : { ...rehearsal.environment, TERM: term };
    for (const key of term === undefined ? [ctrlC] : [ctrlC, ctrlD]) {
      const pty = sitDown(rename, env);
      await pty.saw('Apply this plan to xks?');
      pty.type(key);
      expect(await pty.exitCode).toBe(130);
    }
    expect(writesTo(rehearsal)).toEqual([]);
  });
});
