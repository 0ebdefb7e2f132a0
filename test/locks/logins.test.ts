import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLogins } from '../../src/locks/logins.ts';
import { makeFolder } from '../support/journals.ts';

const cluster = 'cluster-1a23b4cdefg';
const counted = (count: number) => ({ count, refusedWith: null });

describe('the count of logins as kmsuser', () => {
  it('is kept across runs, per cluster', async () => {
    const folder = join(makeFolder(), 'locks');
    await createLogins(folder).write(cluster, counted(2));
    expect(await createLogins(folder).read(cluster)).toEqual(counted(2));
    expect(await createLogins(folder).read('cluster-other')).toEqual(counted(0));
    await createLogins(folder).write(cluster, counted(0));
    expect(await createLogins(folder).read(cluster)).toEqual(counted(0));
  });

  it('remembers with what the last login was refused', async () => {
    const folder = makeFolder();
    await createLogins(folder).write(cluster, { count: 1, refusedWith: 'USER_LOCKED_OUT' });
    expect(await createLogins(folder).read(cluster)).toEqual({ count: 1, refusedWith: 'USER_LOCKED_OUT' });
  });

  it('is one small file, only for its user, replaced as a whole', async () => {
    const folder = join(makeFolder(), 'locks');
    const logins = createLogins(folder);
    await logins.write(cluster, counted(1));
    await logins.write(cluster, counted(2));
    expect(readdirSync(folder)).toEqual([`${cluster}.logins.json`]);
    const file = join(folder, `${cluster}.logins.json`);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ clusterId: cluster, ...counted(2) });
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    expect((statSync(folder).mode & 0o777).toString(8)).toBe('700');
  });

  it('tells the clusters of a simulator from those of AWS', async () => {
    const folder = makeFolder();
    await createLogins(folder).write(cluster, counted(2));
    await createLogins(folder, 'http://127.0.0.1:8080').write(cluster, counted(0));
    expect(await createLogins(folder).read(cluster)).toEqual(counted(2));
  });

  it.each(['', 'torn', 'null', '[]', '{"count":"3"}', '{"count":-1}', '{"count":1.5}', '{"count":1e99}'])(
    'is 0 where the file says %j',
    async (text) => {
      const folder = makeFolder();
      writeFileSync(join(folder, `${cluster}.logins.json`), text);
      expect(await createLogins(folder).read(cluster)).toEqual(counted(0));
    },
  );

  it('is counted in the run alone where it cannot be kept, until it can', async () => {
    const folder = join(makeFolder(), 'locks');
    writeFileSync(folder, '');
    const logins = createLogins(folder);
    await logins.write(cluster, counted(2));
    expect(await logins.read(cluster)).toEqual(counted(2));
    expect(await createLogins(folder).read(cluster)).toEqual(counted(0));
    rmSync(folder);
    await logins.write(cluster, counted(3));
    expect(await createLogins(folder).read(cluster)).toEqual(counted(3));
  });

  it('leaves no draft where it cannot take the place of the file', async () => {
    const folder = makeFolder();
    mkdirSync(join(folder, `${cluster}.logins.json`, 'mine'), { recursive: true });
    await createLogins(folder).write(cluster, counted(1));
    expect(readdirSync(folder)).toEqual([`${cluster}.logins.json`]);
  });

  it('stays in its folder whatever the id', async () => {
    const folder = join(makeFolder(), 'locks');
    await createLogins(folder).write('../../evil', counted(1));
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/^other-[0-9a-f]{16}\.logins\.json$/)]);
    expect(existsSync(join(folder, '../../evil.logins.json'))).toBe(false);
  });
});
