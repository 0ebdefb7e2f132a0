import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** What each room may import, beside itself and the packages named here. Roots (index, library, cli, lambda) hang on everything. */
const rooms: Readonly<Record<string, { rooms: readonly string[]; packages: readonly string[] }>> = {
  'src/domain': { rooms: [], packages: [] },
  machines: { rooms: ['src/domain'], packages: ['xstate'] },
  'src/ports': { rooms: ['src/domain'], packages: [] },
  'src/run': { rooms: ['src/domain', 'src/ports', 'machines'], packages: ['xstate'] },
  'src/kms': {
    rooms: ['src/domain', 'src/ports'],
    packages: [
      '@aws-sdk/client-kms',
      '@aws-sdk/client-sts',
      '@aws-sdk/credential-provider-node',
      '@smithy/core/config',
      'node:async_hooks',
      'node:child_process',
      'node:events',
      'node:fs',
      'p-retry',
    ],
  },
  'src/key-verification': { rooms: ['src/domain', 'src/ports'], packages: ['node:crypto'] },
  'src/cloudhsm': { rooms: ['src/kms', 'src/ports'], packages: ['@aws-sdk/client-cloudhsm-v2'] },
  'src/dynamodb': {
    rooms: ['src/domain', 'src/kms', 'src/locks', 'src/ports'],
    packages: ['@aws-sdk/client-dynamodb'],
  },
  'src/scheduler': { rooms: ['src/kms', 'src/ports'], packages: ['@aws-sdk/client-scheduler', 'node:util'] },
  'src/ec2': { rooms: ['src/domain', 'src/kms', 'src/ports'], packages: ['@aws-sdk/client-ec2'] },
  'src/checks': { rooms: ['src/domain', 'src/ports'], packages: ['node:crypto'] },
  'src/encryption': {
    rooms: ['src/kms', 'src/ports'],
    packages: [
      '@aws-sdk/client-cloudwatch-logs',
      '@aws-sdk/client-dynamodb',
      '@aws-sdk/client-eventbridge',
      '@aws-sdk/client-lambda',
      '@aws-sdk/client-secrets-manager',
      '@aws-sdk/client-sns',
    ],
  },
  'src/hosts': { rooms: ['src/domain', 'src/ports'], packages: ['@aws/durable-execution-sdk-js'] },
  'src/secrets': {
    rooms: ['src/domain', 'src/ports', 'src/kms'],
    packages: ['@aws-sdk/client-secrets-manager', 'node:fs', 'node:fs/promises', 'node:timers/promises'],
  },
  'src/files': { rooms: [], packages: ['node:crypto', 'node:fs', 'node:fs/promises', 'node:path'] },
  'src/journal': {
    rooms: ['src/domain', 'src/files', 'src/ports'],
    packages: ['node:os', 'node:path', 'node:zlib'],
  },
  'src/locks': {
    rooms: ['src/domain', 'src/files', 'src/ports'],
    packages: ['fs-native-extensions', 'node:crypto', 'node:fs', 'node:path', 'node:timers/promises'],
  },
  'src/xks-proxy': {
    rooms: ['src/domain', 'src/kms', 'src/ports'],
    packages: ['@smithy/signature-v4', 'node:crypto', 'node:events', 'node:http', 'node:https', 'node:net', 'node:tls'],
  },
  'src/notifications': {
    rooms: ['src/kms', 'src/ports'],
    packages: ['@aws-sdk/client-eventbridge', '@aws-sdk/client-sns', 'node:crypto'],
  },
  'src/report': { rooms: ['src/domain', 'src/journal'], packages: [] },
  'src/windows': { rooms: ['src/domain'], packages: ['temporal-polyfill'] },
  'src/progress': { rooms: ['src/domain', 'src/ports'], packages: ['node:fs', 'node:path', 'pino'] },
  'src/simulator': { rooms: [], packages: ['node:*', 'yaml'] },
};

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

function isAllowed(room: string, name: string): boolean {
  const { rooms: others, packages } = rooms[room] ?? { rooms: [], packages: [] };
  const isInside = [room, ...others].some((inside) => name.startsWith(`${inside}/`));
  return isInside || packages.some((word) => (word.endsWith('*') ? name.startsWith(word.slice(0, -1)) : name === word));
}

describe('arrows point one way', () => {
  it.each(Object.keys(rooms))('%s imports only what it may', (room) => {
    const wrong = listFiles(room).flatMap((file) =>
      readImports(file)
        .filter((name) => !isAllowed(room, name))
        .map((name) => `${file} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('every room of src is in the table or is a root', () => {
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const known = [...Object.keys(rooms), 'src/cli', 'src/lambda', 'src/library'];
    expect(
      folders
        .map(({ name }) => `src/${name}`)
        .filter((folder) => !known.includes(folder) && listFiles(folder).length > 0),
    ).toEqual([]);
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
      'src/library/earlier-run.ts',
      'src/library/notify.ts',
      'src/library/pins.ts',
      'src/run/prepare.ts',
      'src/run/writes.ts',
    ]);
  });
});
