import { readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nodeFiles } from '../../../src/disk/files/files.ts';
import { openFileStops, requestFileStop } from '../../../src/disk/journal/stop-file.ts';
import { makeFolder } from '../../support/journals.ts';

describe('a stop that is asked for on this machine', () => {
  it('is heard, and is only for its user', async () => {
    const folder = makeFolder();
    const stops = await openFileStops(folder, 'run-1');
    expect(await stops.isRequested()).toBe(false);
    await requestFileStop(folder, 'run-1', '1');
    expect(await stops.isRequested()).toBe(true);
    expect(statSync(join(folder, 'run-1.stop')).mode & 0o777).toBe(0o600);
  });

  it('counts no more for a run that is resumed', async () => {
    const folder = makeFolder();
    await requestFileStop(folder, 'run-1', '1');
    expect(await (await openFileStops(folder, 'run-1')).isRequested()).toBe(false);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('counts no more where the disk keeps its file, and a new one does', async () => {
    const folder = makeFolder();
    const remove = async () => {
      throw Object.assign(new Error('EROFS'), { code: 'EROFS' });
    };
    await requestFileStop(folder, 'run-1', '1');
    const stops = await openFileStops(folder, 'run-1', { ...nodeFiles, remove });
    expect(await stops.isRequested()).toBe(false);
    await requestFileStop(folder, 'run-1', '2');
    expect(await stops.isRequested()).toBe(true);
  });

  it('says where it cannot be asked for', async () => {
    const file = join(makeFolder(), 'runs');
    writeFileSync(file, '');
    const asked = requestFileStop(file, 'run-1', '1');
    await expect(asked).rejects.toThrow(/^cks cannot ask for a stop: \S+run-1.stop cannot be written \(ENOTDIR\)$/);
  });

  it.skipIf(process.platform === 'win32')('writes through no link', async () => {
    const folder = makeFolder();
    const own = join(makeFolder(), 'own');
    writeFileSync(own, 'mine');
    symlinkSync(own, join(folder, 'run-1.stop'));
    await requestFileStop(folder, 'run-1', '1');
    expect(statSync(own).size).toBe(4);
  });
});
