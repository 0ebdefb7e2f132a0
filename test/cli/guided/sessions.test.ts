/** Guided sessions on a real terminal of 80 columns by 24 rows, compared with snapshots of its screen. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type ExpectStatic } from 'vitest';
import { describeCalls, type Rehearsal, storeCalls } from '../../support/command.ts';
import { hasPty, type Pty, test } from '../../support/pty.ts';
import { ctrlC, down, enter } from '../../support/terminal.ts';

/** What every secret begins with, and nothing else holds. */
const marker = 'CANARY';
/** Of every kind of character that is allowed. */
const secrets = {
  next: `${marker}+/=abcdefghijklmnopqrstuvwxyz0123456789`,
  previous: `${marker}=/+ABDEFGHIJKLMOPQSTUVWXZ0123456789abc`,
};
const password = `${marker}bcxyzabcXYZ0189`;
/** KMS may refuse it, and may not: its API model allows letters and digits alone. */
const doubtful = `${marker} !"#$%&'()*+,-./:;<=>?`;

const external = {
  CustomKeyStoreId: 'cks-1234567890abcdef0',
  CustomKeyStoreName: 'payments-xks',
  CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
  XksProxyUriEndpoint: 'https://xks.example.com',
  XksProxyAuthenticationCredential: {
    AccessKeyId: 'OLDKEYOLDKEYOLDKEYOL',
    RawSecretAccessKey: secrets.previous,
  },
} as const;

const cloudHsm = {
  CustomKeyStoreId: 'cks-abcdef01234567890',
  CustomKeyStoreName: 'ledger-hsm',
  ConnectionState: 'CONNECTED',
} as const;

/** Each part is seen, and answered. */
async function talk(pty: Pty, dialogue: readonly (readonly [observed: string, keys: string])[]): Promise<void> {
  for (const [observed, keys] of dialogue) {
    await pty.saw(observed);
    pty.type(keys);
  }
}

/** What differs from run to run. */
function blur(screen: string): string {
  return screen
    .replace(/\d\d:\d\d(?= )/g, '00:00')
    .replace(/^00:00 {2}(DIS)?CONNECTING\n/gm, '')
    .replace(/\d+ s(?= (old|offline))/g, '1 s')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:8080')
    .replace(/(Outage +)\d+ s/g, '$11 s')
    .replace(/\d+ store calls/g, 'N store calls')
    .replace(/Offline for \d+ s/g, 'Offline for 1 s')
    .replace(/Z,\s+in\s+(1\s+h|60\s+min|59\s+min\s+\d+\s+s)\./g, 'Z, in 1 h.')
    .replace(/(cluster|backup)-[2-7a-z]{11}/g, '$1-22222222222')
    .replace(/20\d\d-\d\d-\d\dT[\d:.]+Z/g, '2026-11-25T03:00:00.000Z')
    .replace(/\d{8}-\d{6}-[\da-f]{4}/g, '20261125-030000-4f2a')
    .replace(/EAI_AGAIN/g, 'ENOTFOUND')
    .replace(/\/tmp\/cks-\w+/g, '/tmp/cks');
}

/** The record is kept beside this file: look at it when it changes. */
async function expectSession(expect: ExpectStatic, pty: Pty, name: string): Promise<void> {
  await expect(`${blur(pty.read())}\n`).toMatchFileSnapshot(`sessions/${name}.txt`);
  expect(pty.readBroken()).toEqual([]);
}

function readWritten(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8')).join('\n');
}

/** A home with two profiles, and no credentials in the environment. */
function logIn({ folder, environment }: Rehearsal): NodeJS.ProcessEnv {
  const keys = 'aws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = dummy\n';
  mkdirSync(join(folder, '.aws'));
  writeFileSync(join(folder, '.aws/config'), '[default]\nregion = us-east-1\n\n[profile prod]\nregion = us-east-1\n');
  writeFileSync(join(folder, '.aws/credentials'), `[default]\n${keys}\n[prod]\n${keys}`);
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, AWS_REGION: ___, ...rest } = environment;
  return { ...rest, AWS_PROFILE: 'prod' };
}

describe.skipIf(!hasPty)('a guided session', { concurrent: true }, () => {
  test('rotates the credential of a proxy', async ({ rehearsal, sitDown, expect }) => {
    const { simulator, folder } = rehearsal;
    const known = { NEWKEYNEWKEYNEWKEYNE: secrets.next, OLDKEYOLDKEYOLDKEYOL: secrets.previous };
    const proxy = simulator.addProxy({ endpoint: external.XksProxyUriEndpoint, credentials: known });
    simulator.addStore({ ...external, ConnectionState: 'CONNECTED' });
    simulator.addStore(cloudHsm);
    const pty = sitDown([], logIn(rehearsal));

    await talk(pty, [
      ['Which AWS profile?', enter],
      ['Which custom key store in us-east-1?', `${down}${enter}`],
      ['What do you want to do with payments-xks?', enter],
      ['New proxy credential, AccessKeyId', `NEWKEYNEWKEYNEWKEYNE${enter}`],
      ['New proxy credential, RawSecretAccessKey: where is it?', enter],
      ['New proxy credential, RawSecretAccessKey\n', `${secrets.next.slice(0, 40)}`],
      ['It must have 43 to 64 characters, not 40.', `${secrets.next.slice(40)}${enter}`],
      ['Do you have the secret key for OLDKEYOLDKEYOLDKEYOL?', `y${enter}`],
      ['Proxy credential, RawSecretAccessKey in force now: where is it?', enter],
      ['Proxy credential, RawSecretAccessKey in force now\n', `${secrets.previous}${enter}`],
      ['press Enter to stay online', enter],
      ['Apply this plan to payments-xks?', `y${enter}`],
    ]);

    expect(await pty.exitCode).toBe(0);
    await expectSession(expect, pty, 'rotate-a-credential');
    const { calls } = simulator;
    expect(describeCalls(calls)).toEqual(['Describe', 'Update', 'Describe']);
    const update = storeCalls(calls).find(({ operation }) => operation === 'UpdateCustomKeyStore');
    expect(JSON.stringify(update?.input)).toContain('NEWKEYNEWKEYNEWKEYNE');
    expect(`${pty.raw}${readWritten(folder)}`).not.toContain(marker);

    const reconnect = ['reconnect', external.CustomKeyStoreId, '--yes', '--accept', 'outage,unknown:xks-proxy'];
    expect(await rehearsal.run(reconnect)).toMatchObject({ exitCode: 0 });
    proxy.credentials = { NEWKEYNEWKEYNEWKEYNE: secrets.previous };
    expect((await rehearsal.run(reconnect)).stderr).toContain('FAILED INVALID_CREDENTIALS');
  });

  test('moves to a restored cluster, without colour', async ({ rehearsal, sitDown, expect }) => {
    const { simulator, environment, folder } = rehearsal;
    const [, restored] = simulator.describeWorld().clusters;
    simulator.addStore(cloudHsm);
    simulator.setKmsuserPassword(restored?.clusterId ?? '', password);
    const log = [
      '--log-level',
      'trace',
      '--log-file',
      join(folder, 'cks.log'),
      '--result-file',
      join(folder, 'result'),
    ];
    const words = ['update-custom-key-store', '--cli-auto-prompt', ...log];
    const pty = sitDown(words, { ...environment, NO_COLOR: '1' });

    await talk(pty, [
      ['Which custom key store in us-east-1?', enter],
      ['What do you want to do with ledger-hsm?', enter],
      ['New CloudHSM cluster', `${down}${enter}`],
      ['Is the kmsuser password different on that cluster?', `y${enter}`],
      ['New kmsuser password: where is it?', enter],
      ['New kmsuser password\n', `${password}${enter}`],
      ['Accept the risk no-rollback?', `y${enter}`],
      ['Type ledger-hsm to confirm', `ledger-hsm${enter}`],
    ]);

    expect(await pty.exitCode).toBe(0);
    await expectSession(expect, pty, 'move-to-a-cluster');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is how a terminal is told of a colour
    expect(pty.raw).not.toMatch(/\u001b\[\d[\d;]*m/);
    expect(`${pty.raw}${readWritten(folder)}`).not.toContain(marker);
  });

  test('repairs a FAILED store, on a dumb terminal', async ({ rehearsal, sitDown, expect }) => {
    const { simulator, environment } = rehearsal;
    const state = { ConnectionState: 'FAILED', ConnectionErrorCode: 'XKS_PROXY_INVALID_CONFIGURATION' } as const;
    simulator.addStore({ ...external, ...state });
    const pty = sitDown([], { ...environment, TERM: 'dumb' });

    await talk(pty, [
      ['other Region or account\nNumber, or a part of the name:', 'payments\n'],
      ['choose another store\nNumber [1]:', '9\n'],
      ['A number from 1 to 7, please.\nNumber [1]:', '1\n'],
      ['New proxy path:', 'kms\n'],
      ['It must have 10 to 128 characters, not 3.\nNew proxy path:', '/payments/kms/xks/v1\n'],
      ['Accept the risk unknown:xks-proxy? y or n [n]:', 'y\n'],
      ['Apply this plan to payments-xks? y or n [n]:', 'y\n'],
    ]);

    expect(await pty.exitCode).toBe(0);
    await expectSession(expect, pty, 'repair-on-a-dumb-terminal');
    expect(pty.raw).not.toContain('\u001b');
    expect(simulator.store(external.CustomKeyStoreId)).toMatchObject({ ConnectionState: 'CONNECTED' });
  });

  describe('whose connect fails', () => {
    /** Up to the choice. */
    async function fail(rehearsal: Rehearsal, sitDown: (words: readonly string[], env: NodeJS.ProcessEnv) => Pty) {
      const { simulator, environment } = rehearsal;
      simulator.addStore(cloudHsm);
      simulator.failNextConnect(cloudHsm.CustomKeyStoreId, 'INSUFFICIENT_CLOUDHSM_HSMS');
      const pty = sitDown([], environment);
      await talk(pty, [
        ['Which custom key store in us-east-1?', enter],
        ['What do you want to do with ledger-hsm?', enter],
        ['New CloudHSM cluster', `${down}${enter}`],
        ['Is the kmsuser password different on that cluster?', `n${enter}`],
        ['Type ledger-hsm to confirm', `ledger-hsm${enter}`],
      ]);
      return pty;
    }
    const outcome = ({ simulator }: Rehearsal) => simulator.store(cloudHsm.CustomKeyStoreId).ConnectionState;

    test('retries the connect after a failure', async ({ rehearsal, sitDown, expect }) => {
      const pty = await fail(rehearsal, sitDown);
      await talk(pty, [['What now?', `${down}${enter}`]]);

      expect(await pty.exitCode).toBe(0);
      await expectSession(expect, pty, 'fail-and-try-again');
      expect(outcome(rehearsal)).toBe('CONNECTED');
    });

    test('rolls back after a failed connect', async ({ rehearsal, sitDown, expect }) => {
      const pty = await fail(rehearsal, sitDown);
      await talk(pty, [['What now?', `${down}${down}${enter}`]]);

      expect(await pty.exitCode).toBe(4);
      await expectSession(expect, pty, 'fail-and-roll-back');
      expect(outcome(rehearsal)).toBe('CONNECTED');
    });

    test('leaves the store on hold after a failed connect', async ({ rehearsal, sitDown, expect }) => {
      const pty = await fail(rehearsal, sitDown);
      await talk(pty, [['What now?', `${down}${down}${down}${enter}`]]);

      expect(await pty.exitCode).toBe(7);
      await expectSession(expect, pty, 'fail-and-hold');
      expect(outcome(rehearsal)).toBe('FAILED');
    });
  });

  test('draws only ASCII in a locale without UTF-8', async ({ rehearsal, sitDown, expect }) => {
    const { simulator, environment } = rehearsal;
    simulator.addStore({ ...cloudHsm, ConnectionState: 'DISCONNECTED' });
    const pty = sitDown([], { ...environment, LANG: 'C' });

    await talk(pty, [
      ['Which custom key store in us-east-1?', enter],
      ['What do you want to do with ledger-hsm?', `${down}${enter}`],
      ['New kmsuser password: where is it?', enter],
      ['New kmsuser password\n', `${doubtful}${enter}`],
      ['Accept the risk no-rollback?', `y${enter}`],
      ['Apply this plan to ledger-hsm?', `y${enter}`],
    ]);

    expect(await pty.exitCode).toBe(0);
    await expectSession(expect, pty, 'tell-a-password-in-ascii');
    expect(pty.raw).not.toMatch(/\P{ASCII}/u);
  });

  test.for([
    ['at its first question', {}],
    ['on a dumb terminal', { TERM: 'dumb' }],
  ] as const)('is cancelled by Ctrl-C %s', async ([, env], { rehearsal, sitDown, expect }) => {
    const { simulator, environment } = rehearsal;
    simulator.addStore(cloudHsm);
    const pty = sitDown([], { ...environment, ...env });

    await talk(pty, [['other Region or account', ctrlC]]);

    expect(await pty.exitCode).toBe(130);
    expect(pty.read()).toMatch(/\ncks: cancelled; nothing was changed$/);
    expect(describeCalls(simulator.calls)).toEqual(['Describe']);
  });
});
