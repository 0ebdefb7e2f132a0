import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeFiles } from '../../../src/disk/files/files.ts';
import { createLogins, forgetLogins } from '../../../src/disk/locks/logins.ts';
import { makeFolder, watchFiles } from '../../support/journals.ts';

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

  it('takes back one count and no more', async () => {
    const folder = makeFolder();
    const logins = createLogins(folder);
    await logins.write(cluster, { count: 2, refusedWith: 'USER_LOCKED_OUT' });
    await logins.takeBack(cluster);
    expect(await createLogins(folder).read(cluster)).toEqual({ count: 1, refusedWith: 'USER_LOCKED_OUT' });
    await logins.takeBack(cluster);
    await logins.takeBack(cluster);
    expect((await createLogins(folder).read(cluster)).count).toBe(0);
  });

  it('remembers with what the last login was refused', async () => {
    const folder = makeFolder();
    await createLogins(folder).write(cluster, { count: 1, refusedWith: 'USER_LOCKED_OUT' });
    expect(await createLogins(folder).read(cluster)).toEqual({ count: 1, refusedWith: 'USER_LOCKED_OUT' });
  });

  it('is forgotten where another simulator begins to listen on the port of an earlier one', async () => {
    const folder = makeFolder();
    const countOf = async (simulator?: string) => (await createLogins(folder, { simulator }).read(cluster)).count;
    const places = ['http://127.0.0.1:8080', 'http://localhost:8080/', 'http://127.0.0.1:8081', undefined];
    for (const simulator of places) await createLogins(folder, { simulator }).write(cluster, counted(1));
    await forgetLogins(folder, 8080);

    expect(await Promise.all(places.map(countOf))).toEqual([0, 0, 1, 1]);
    await forgetLogins(join(folder, 'none'), 8080);
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
    await createLogins(folder, { simulator: 'http://127.0.0.1:8080' }).write(cluster, counted(0));
    expect(await createLogins(folder).read(cluster)).toEqual(counted(2));
  });

  it.each([
    '',
    'torn',
    'null',
    '[]',
    `{"clusterId":"${cluster}","count":"3","refusedWith":null}`,
    `{"clusterId":"${cluster}","count":-1,"refusedWith":null}`,
    `{"clusterId":"${cluster}","count":1.5,"refusedWith":null}`,
    `{"clusterId":"${cluster}","count":1e99,"refusedWith":null}`,
    `{"clusterId":"${cluster}","count":0}`,
    `{"clusterId":"${cluster}","count":0,"refusedWith":7}`,
    '{"clusterId":"cluster-other","count":0,"refusedWith":null}',
  ])('is unknown, never zero, where the file holds %j', async (text) => {
    const folder = makeFolder();
    const file = join(folder, `${cluster}.logins.json`);
    writeFileSync(file, text);
    const logins = createLogins(folder);
    expect(await logins.read(cluster)).toEqual({ ...counted(0), unknownBecause: `${file} does not hold its count` });
    expect(await logins.findProblem(cluster)).toBe(`${file} does not hold its count`);
  });

  it.each(['EACCES', 'EIO', 'ELOOP'])('is unknown where the file cannot be read: %s', async (code) => {
    const read = async () => {
      throw Object.assign(new Error(code), { code });
    };
    const logins = createLogins(makeFolder(), { files: { ...nodeFiles, read } });
    expect((await logins.read(cluster)).unknownBecause).toMatch(new RegExp(`cannot be read \\(${code}\\)$`));
  });

  it('is what this process has counted once the file cannot be read any more', async () => {
    const folder = makeFolder();
    const logins = createLogins(folder);
    await logins.write(cluster, counted(2));
    writeFileSync(join(folder, `${cluster}.logins.json`), 'torn');
    expect(await logins.read(cluster)).toEqual(counted(2));
  });

  it('can be kept where its folder can be written, and is not changed by finding that out', async () => {
    const folder = join(makeFolder(), 'locks');
    const logins = createLogins(folder);
    expect(await logins.findProblem(cluster)).toBeNull();
    expect(readdirSync(folder)).toEqual([]);
    await logins.write(cluster, counted(2));
    expect(await logins.findProblem(cluster)).toBeNull();
    expect(await createLogins(folder).read(cluster)).toEqual(counted(2));
  });

  it('says that a full disk cannot keep it', async () => {
    const folder = makeFolder();
    const files = watchFiles(nodeFiles, (call) => {
      if (call === 'tryReplace') throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
    });
    const logins = createLogins(folder, { files });
    expect(await logins.findProblem(cluster)).toBe(
      `${join(folder, `${cluster}.logins.json`)} cannot be written (ENOSPC)`,
    );
  });

  it('is counted in the run alone where it cannot be kept, until it can', async () => {
    const folder = join(makeFolder(), 'locks');
    writeFileSync(folder, '');
    const logins = createLogins(folder);
    expect(await logins.findProblem(cluster)).toMatch(/cannot be read \(ENOTDIR\)$/);
    await logins.write(cluster, counted(2));
    expect(await logins.read(cluster)).toEqual(counted(2));
    expect((await createLogins(folder).read(cluster)).unknownBecause).toMatch(/ENOTDIR/);
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
