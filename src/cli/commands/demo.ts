/** `cks demo`: three updates by the real command, over HTTP, against a simulator in this process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createScaledClock, createSimulator, type Simulator, serveSimulator } from '../../simulator/index.ts';
import type { Options } from '../arguments.ts';
import type { Io } from '../io.ts';

const minutesMs = 60_000;

interface Scene {
  readonly title: string;
  readonly words: readonly string[];
  readonly outcome: string;
  readonly exitCode: number;
  /** What it showed; `calls` is the simulator's own record of them. */
  readonly shows: (calls: string) => string;
}

export async function demo(io: Io, options: Options): Promise<number> {
  const timeScale = options.timeScale as number;
  const now = createScaledClock(timeScale);
  const simulator = createSimulator({
    now,
    // Short ends of what AWS documents, so that the demonstration is over soon.
    durations: {
      disconnect: { AWS_CLOUDHSM: 3 * minutesMs, EXTERNAL_KEY_STORE: 5 * minutesMs },
      connect: { AWS_CLOUDHSM: 8 * minutesMs, EXTERNAL_KEY_STORE: 5 * minutesMs },
    },
  });
  const server = await serveSimulator(simulator, {});
  const say = (text: string) => io.stdout.write(`${text}\n`);
  say(`A KMS simulator listens on ${server.url}; its time goes ${timeScale} times faster than life.`);
  try {
    for (const [nth, scene] of arrangeScenes(simulator).entries()) {
      say(`\n${nth + 1}. ${scene.title}\n\n$ ${['cks', ...scene.words].map(quote).join(' ')}`);
      const from = simulator.calls.length;
      const exitCode = await runCommand(io, scene.words, server.url);
      if (exitCode !== scene.exitCode) {
        say(`\nThis should have ended as ${scene.outcome} (exit ${scene.exitCode}), but ended with exit ${exitCode}.`);
        return 1;
      }
      say(`\n-> ${scene.outcome}, exit ${exitCode}. ${scene.shows(tallyCalls(simulator, from))}`);
    }
    say('\nAll three ended as they must. Rehearse your own: cks simulator --time-scale 100');
    return 0;
  } finally {
    await server.close();
  }
}

const credentials = {
  old: { AccessKeyId: 'OLDKEYOLDKEYOLDKEYOL', RawSecretAccessKey: 'oldSecretOldSecretOldSecretOldSecretOldSecr' },
  new: { AccessKeyId: 'NEWKEYNEWKEYNEWKEYNE', RawSecretAccessKey: 'newSecretNewSecretNewSecretNewSecretNewSecr' },
};

/** The secrets of the first scene, by the names its command uses. */
const secrets = { OLD_SECRET: credentials.old.RawSecretAccessKey, NEW_SECRET: credentials.new.RawSecretAccessKey };

function arrangeScenes(simulator: Simulator): readonly Scene[] {
  const [first, second] = simulator.describeWorld().clusters;
  if (!first || !second) throw new Error('a fresh simulator has two related clusters');
  const endpoint = 'https://xks.example.com';
  const proxy = {
    [credentials.old.AccessKeyId]: secrets.OLD_SECRET,
    [credentials.new.AccessKeyId]: secrets.NEW_SECRET,
  };
  simulator.addProxy({ endpoint, credentials: proxy });
  simulator.addStore({
    CustomKeyStoreName: 'payments-xks',
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    ConnectionState: 'CONNECTED',
    XksProxyUriEndpoint: endpoint,
    XksProxyAuthenticationCredential: credentials.old,
  });
  simulator.addStore({
    CustomKeyStoreName: 'ledger-hsm',
    ConnectionState: 'CONNECTED',
    CloudHsmClusterId: first.clusterId,
  });
  const stale = simulator.addCluster({ restoredFrom: first.clusterId, backup: 'old' });
  const shorthand = (id: string, secret: string) => `AccessKeyId=${id},RawSecretAccessKey=env:${secret}`;
  const move = (cluster: string) => [
    'update',
    'ledger-hsm',
    '--cloud-hsm-cluster-id',
    cluster,
    '--accept',
    'outage',
    '--yes',
  ];
  return [
    {
      title: "An external key store's proxy credential is rotated. KMS takes that live, so nothing goes offline.",
      words: [
        'update',
        'payments-xks',
        '--xks-proxy-authentication-credential',
        shorthand(credentials.new.AccessKeyId, 'NEW_SECRET'),
        '--previous-xks-proxy-authentication-credential',
        shorthand(credentials.old.AccessKeyId, 'OLD_SECRET'),
        '--yes',
      ],
      outcome: 'updated',
      exitCode: 0,
      shows: (calls) => `KMS saw ${calls}: no Disconnect, no outage.`,
    },
    {
      title:
        'A CloudHSM key store moves to a related cluster. That needs it offline, so the outage is accepted by name.',
      words: move(second.clusterId),
      outcome: 'updated',
      exitCode: 0,
      shows: (calls) => `KMS saw ${calls}. The update was sent once the store was seen DISCONNECTED, and not before.`,
    },
    {
      title: 'It moves again, to a cluster from an old backup whose kmsuser password KMS does not know.',
      words: move(stale),
      outcome: 'rolledBack',
      exitCode: 4,
      shows: (calls) => `KMS saw ${calls}. One login was tried, not five, and the store is back on its cluster.`,
    },
  ];
}

/** The command as anybody would run it: a process of its own, over HTTP. */
async function runCommand(io: Io, words: readonly string[], url: string): Promise<number> {
  const bin = fileURLToPath(new URL('../bin.js', import.meta.url));
  const env = {
    ...io.env,
    ...secrets,
    AWS_ACCESS_KEY_ID: 'demo',
    AWS_SECRET_ACCESS_KEY: 'demo',
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL_KMS: url,
  };
  const child = spawn(process.execPath, [bin, ...words, '--output', 'text'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.on('data', (chunk) => io.stdout.write(chunk));
  child.stderr.on('data', (chunk) => io.stdout.write(chunk));
  const [exitCode] = await once(child, 'close');
  return exitCode as number;
}

function tallyCalls(simulator: Simulator, from: number): string {
  const counts = new Map<string, number>();
  for (const { operation } of simulator.calls.slice(from)) {
    const word = operation.replace(/CustomKeyStores?$/, '');
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => (count > 1 ? `${count} x ${word}` : word)).join(', ');
}

function quote(word: string): string {
  return /^[\w:/.,=-]+$/.test(word) ? word : `'${word}'`;
}
