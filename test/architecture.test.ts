import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** What each room may import, beside itself and the packages named here. Roots (index, library, cli, lambda) hang on everything. */
const rooms: Readonly<Record<string, { rooms: readonly string[]; packages: readonly string[] }>> = {
  'src/domain': { rooms: [], packages: [] },
  'src/domain/windows': { rooms: ['src/domain'], packages: ['temporal-polyfill'] },
  machines: { rooms: ['src/domain'], packages: ['xstate'] },
  'src/ports': { rooms: ['src/domain'], packages: [] },
  'src/run': { rooms: ['src/domain', 'src/ports', 'machines'], packages: ['xstate'] },
  'src/aws': {
    rooms: ['src/domain', 'src/ports'],
    packages: [
      '@aws-sdk/client-kms',
      '@aws-sdk/client-sts',
      '@smithy/core/config',
      '@smithy/core/retry',
      'node:async_hooks',
      'node:child_process',
      'node:events',
      'node:fs',
      'p-retry',
    ],
  },
  'src/aws/kms': {
    rooms: ['src/aws', 'src/domain', 'src/ports'],
    packages: [
      '@aws-sdk/client-kms',
      '@aws-sdk/credential-provider-node',
      '@smithy/core/config',
      '@smithy/core/retry',
      'node:events',
    ],
  },
  'src/aws/cloudhsm': {
    rooms: ['src/aws', 'src/domain', 'src/ports'],
    packages: ['@aws-sdk/client-cloudhsm-v2', 'node:stream'],
  },
  'src/aws/cloudtrail': { rooms: ['src/aws', 'src/domain', 'src/ports'], packages: ['@aws-sdk/client-cloudtrail'] },
  'src/aws/cloudwatch': { rooms: ['src/aws', 'src/domain', 'src/ports'], packages: ['@aws-sdk/client-cloudwatch'] },
  'src/aws/dynamodb': {
    rooms: ['src/aws', 'src/domain', 'src/disk/locks', 'src/ports'],
    packages: ['@aws-sdk/client-dynamodb'],
  },
  'src/aws/scheduler': {
    rooms: ['src/aws', 'src/domain', 'src/ports'],
    packages: ['@aws-sdk/client-scheduler', 'node:util'],
  },
  'src/aws/ec2': { rooms: ['src/aws', 'src/domain', 'src/ports'], packages: ['@aws-sdk/client-ec2'] },
  'src/aws/encryption': {
    rooms: ['src/aws', 'src/ports'],
    packages: [
      '@aws-sdk/client-cloudwatch-logs',
      '@aws-sdk/client-dynamodb',
      '@aws-sdk/client-eventbridge',
      '@aws-sdk/client-lambda',
      '@aws-sdk/client-secrets-manager',
      '@aws-sdk/client-sns',
    ],
  },
  'src/aws/secrets-manager': {
    rooms: ['src/aws', 'src/domain', 'src/ports'],
    packages: ['@aws-sdk/client-secrets-manager'],
  },
  'src/key-verification': { rooms: ['src/domain', 'src/ports'], packages: ['node:crypto'] },
  'src/checks': { rooms: ['src/domain', 'src/ports'], packages: ['node:crypto'] },
  'src/hosts': { rooms: ['src/domain', 'src/ports'], packages: ['@aws/durable-execution-sdk-js'] },
  'src/secrets': {
    rooms: ['src/aws', 'src/aws/secrets-manager', 'src/domain', 'src/ports'],
    packages: ['node:fs', 'node:fs/promises', 'node:timers/promises'],
  },
  'src/disk/files': { rooms: [], packages: ['node:crypto', 'node:fs', 'node:fs/promises', 'node:path'] },
  'src/disk/journal': {
    rooms: ['src/disk/files', 'src/domain', 'src/ports'],
    packages: ['node:os', 'node:path', 'node:zlib'],
  },
  'src/disk/locks': {
    rooms: ['src/disk/files', 'src/domain', 'src/ports'],
    packages: ['fs-native-extensions', 'node:crypto', 'node:fs', 'node:path', 'node:timers/promises'],
  },
  'src/xks-proxy': {
    rooms: ['src/aws', 'src/domain', 'src/ports'],
    packages: [
      '@smithy/signature-v4',
      'node:crypto',
      'node:dns',
      'node:events',
      'node:http',
      'node:https',
      'node:net',
      'node:tls',
    ],
  },
  'src/progress': { rooms: ['src/domain', 'src/ports'], packages: ['node:fs', 'node:path', 'pino'] },
  'src/progress/notifications': {
    rooms: ['src/aws', 'src/ports'],
    packages: ['@aws-sdk/client-eventbridge', '@aws-sdk/client-sns', 'node:crypto'],
  },
  'src/report': { rooms: ['src/disk/journal', 'src/domain'], packages: [] },
  'src/simulator': { rooms: [], packages: ['node:*', 'yaml'] },
};

/** Rooms that put all the others together. */
const roots = ['src', 'src/cli', 'src/lambda', 'src/library'];

/** Rooms where nothing is read but what was handed in. */
const pure = ['src/domain', 'machines', 'src/ports', 'src/run'];

function listFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(folder, file));
}

function readImports(file: string): string[] {
  const source = readFileSync(join(root, file), 'utf8');
  const found = [...source.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, name]) => name ?? '');
  return found.map((name) => (name.startsWith('.') ? relative(root, resolve(root, dirname(file), name)) : name));
}

/** The innermost room that a file is in. */
function roomOf(file: string): string | undefined {
  const around = [...Object.keys(rooms), ...roots].filter((room) => file.startsWith(`${room}/`));
  return around.sort((a, b) => b.length - a.length)[0];
}

function isAllowed(room: string, name: string): boolean {
  const { rooms: others, packages } = rooms[room] ?? { rooms: [], packages: [] };
  const target = roomOf(name);
  if (target !== undefined) return [room, ...others].includes(target);
  return packages.some((word) => (word.endsWith('*') ? name.startsWith(word.slice(0, -1)) : name === word));
}

describe('arrows point one way', () => {
  it.each(Object.keys(rooms))('%s imports only what it may', (room) => {
    const files = listFiles(room).filter((file) => roomOf(file) === room);
    const wrong = files.flatMap((file) =>
      readImports(file)
        .filter((name) => !isAllowed(room, name))
        .map((name) => `${file} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('every file of src is in a room of the table or in a root', () => {
    expect(listFiles('src').filter((file) => roomOf(file) === 'src' && file !== 'src/index.ts')).toEqual([]);
  });

  it('only the command that starts it imports the simulator', () => {
    const others = listFiles('src').filter((file) => !file.startsWith('src/simulator/'));
    const users = others.filter((file) => readImports(file).some((name) => name.startsWith('src/simulator/')));
    expect(users.filter((file) => !file.startsWith('src/cli/'))).toEqual([]);
  });

  it.each(pure)('%s reads no clock, no chance and no environment', (room) => {
    const wrong = listFiles(room).filter((file) =>
      /Date\.now|new Date\(\)|Math\.random|process\.|setTimeout|performance\./.test(
        readFileSync(join(root, file), 'utf8'),
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('secrets are resolved before the run, before it goes on, to pin them, for the one call that needs them, and to sign notices', () => {
    const users = listFiles('src').filter((file) =>
      /\.resolve\(reference\)/.test(readFileSync(join(root, file), 'utf8')),
    );
    expect(users.sort()).toEqual([
      'src/checks/xks-proxy/sources.ts',
      'src/library/wiring/earlier-run.ts',
      'src/library/wiring/notify.ts',
      'src/library/wiring/pins.ts',
      'src/run/prepare.ts',
      'src/run/writes.ts',
    ]);
  });
});

it('the map of test/support names each file there, and no other', () => {
  const folder = join(root, 'test/support');
  const named = [...readFileSync(join(folder, 'README.md'), 'utf8').matchAll(/^\| `([\w-]+\.ts)` \|/gm)];
  const files = readdirSync(folder).filter((name) => name.endsWith('.ts') && !/^judge-|\.(d|test)\.ts$/.test(name));
  expect(named.map(([, name]) => name).sort()).toEqual(files.sort());
});
