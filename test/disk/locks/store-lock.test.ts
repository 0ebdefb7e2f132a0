import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createStoreLock } from '../../../src/disk/locks/store-lock.ts';
import { openStoreLock } from '../../../src/library/wiring/locks.ts';
import { LockError } from '../../../src/ports/lock.ts';
import { makeFolder } from '../../support/journals.ts';
import { lockElsewhere } from '../../support/lock-process.ts';
import { canMount, mount, mountReadOnly } from '../../support/small-disks.ts';

const store = 'cks-1234567890abcdef0';
const clock = { now: () => 2_000, sleep: async () => undefined };

function createLock(folder: string, runId = 'run-2', simulator?: string) {
  const lock = createStoreLock({ folder, ...(simulator ? { simulator } : {}), runId, clock });
  onTestFinished(() => lock.release(null));
  return lock;
}

describe('the lock of a store, against another process', () => {
  it('refuses who comes second at once, and says who holds it since when and at what', async () => {
    const folder = makeFolder();
    const other = await lockElsewhere({ folder, runId: 'run-1' }, store);
    const from = performance.now();
    expect(await createLock(folder).acquire(store)).toEqual({
      runId: 'run-1',
      pid: other.pid,
      sinceMs: 1_000,
      step: '5.settleStore',
    });
    expect(performance.now() - from).toBeLessThan(1_000);
  });

  it('is refused to another process while we hold it, with the step we are at now', async () => {
    const folder = makeFolder();
    const lock = createLock(folder);
    expect(await lock.acquire(store)).toBeNull();
    lock.recordStep('7.updateStore', null);
    lock.recordStep('8.connectStore', null);
    const other = await lockElsewhere({ folder, runId: 'run-1' }, store);
    expect(other.owner).toEqual({ runId: 'run-2', pid: process.pid, sinceMs: 2_000, step: '8.connectStore' });
  });

  it('is free at once when its holder is killed', async () => {
    const folder = makeFolder();
    const other = await lockElsewhere({ folder, runId: 'run-1' }, store);
    await other.kill();
    expect(await createLock(folder).acquire(store)).toBeNull();
  });

  it('never names a holder that was killed for the one that came after it', async () => {
    const folder = makeFolder();
    const first = await lockElsewhere({ folder, runId: 'run-1' }, store);
    await first.kill();
    const second = await lockElsewhere({ folder, runId: 'run-3' }, store);
    expect(await createLock(folder).acquire(store)).toMatchObject({ runId: 'run-3', pid: second.pid });
  });

  it('is free when its holder gives it back', async () => {
    const folder = makeFolder();
    const other = await lockElsewhere({ folder, runId: 'run-1' }, store);
    await other.release();
    expect(await createLock(folder).acquire(store)).toBeNull();
  });
});

describe('the lock of a store, in one process', () => {
  it('is taken again by the same run as often as it likes', async () => {
    const lock = createLock(makeFolder());
    expect([await lock.acquire(store), await lock.acquire(store), await lock.acquire(store)]).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('excludes another run of this process too', async () => {
    const folder = makeFolder();
    const lock = createLock(folder);
    await lock.acquire(store);
    expect(await createLock(folder, 'run-3').acquire(store)).toMatchObject({ runId: 'run-2', step: 'starting' });
    await lock.release(null);
    expect(await createLock(folder, 'run-3').acquire(store)).toBeNull();
  });

  it('is one per store, and tells the stores of a simulator from those of AWS', async () => {
    const folder = makeFolder();
    const taken = [
      await createLock(folder).acquire(store),
      await createLock(folder).acquire('cks-other'),
      await createLock(folder, 'run-3', 'http://127.0.0.1:1').acquire(store),
      await createLock(folder, 'run-3', 'http://127.0.0.1:2').acquire(store),
    ];
    expect(taken).toEqual([null, null, null, null]);
  });

  it('says that the holder is unknown where it left no word', async () => {
    const folder = makeFolder();
    await createLock(folder).acquire(store);
    for (const name of readdirSync(folder).filter((name) => name.endsWith('.holder'))) {
      writeFileSync(join(folder, name), 'torn');
    }
    expect(await createLock(folder, 'run-3').acquire(store)).toMatchObject({ runId: 'unknown', step: 'unknown' });
  });

  it('tells and releases nothing without harm', async () => {
    const lock = createLock(makeFolder());
    lock.recordStep('1.describeStore', null);
    await lock.release(null);
    await lock.acquire(store);
    await lock.release(null);
    await lock.release(null);
    lock.recordStep('2.runChecks', null);
  });
});

describe('the files of a lock', () => {
  it('are named for people by ids alone, and only for their user', async () => {
    const folder = join(makeFolder(), 'locks');
    await createLock(folder).acquire(store);
    expect(readdirSync(folder).sort()).toEqual([`${store}.lock`, `${store}.lock.holder`]);
    expect((statSync(folder).mode & 0o777).toString(8)).toBe('700');
    for (const name of readdirSync(folder)) {
      expect((statSync(join(folder, name)).mode & 0o777).toString(8)).toBe('600');
    }
  });

  it.each(['../../etc/passwd', 'a/b', 'C:\\x', '', '.', 'x'.repeat(300), 'prod.eu', 'schlüssel'])(
    'stay in their folder whatever the id: "%s"',
    async (id) => {
      const folder = makeFolder();
      expect(await createLock(folder).acquire(id)).toBeNull();
      expect(readdirSync(folder)[0]).toMatch(/^other-[0-9a-f]{16}\.lock$/);
    },
  );

  it('have one name for one endpoint, however it is spelled', async () => {
    const folder = makeFolder();
    const at = (endpoint: string) => createLock(folder, 'run-2', endpoint);
    expect(await at('https://kms.example.com').acquire(store)).toBeNull();
    expect(await at('HTTPS://KMS.example.com:443/').acquire(store)).not.toBeNull();
    expect(readdirSync(folder).join()).not.toContain('example');
  });
});

describe('a lock that cannot be taken is an error, never none', () => {
  it('a lock that cannot be taken is an error, never none where the native part does not load', async () => {
    const load = async () => {
      throw new LockError('no lock can be taken on this machine');
    };
    const lock = createStoreLock({ folder: makeFolder(), runId: 'run-1', clock, load });
    await expect(lock.acquire(store)).rejects.toMatchObject({ name: 'LockError' });
  });

  it('a lock that cannot be taken is an error, never none where the file system knows no locks', async () => {
    const tryLock = () => {
      throw Object.assign(new Error('no locks available'), { code: 'ENOLCK' });
    };
    const lock = createStoreLock({ folder: makeFolder(), runId: 'run-1', clock, load: async () => tryLock });
    await expect(lock.acquire(store)).rejects.toThrow(
      /^cks cannot take the lock .*\.lock \(no locks available\)\. .*CKS_LOCK_DIR/,
    );
  });

  it('a lock that cannot be taken is an error, never none where its folder is a file', async () => {
    const file = join(makeFolder(), 'locks');
    writeFileSync(file, '');
    await expect(createLock(file).acquire(store)).rejects.toMatchObject({ name: 'LockError' });
  });

  it.skipIf(process.platform !== 'linux')(
    'a lock that cannot be taken is an error, never none where no folder can be made',
    async () => {
      await expect(createLock('/proc/cks/locks').acquire(store)).rejects.toMatchObject({ name: 'LockError' });
    },
  );

  it.skipIf(process.getuid?.() === 0)(
    'a lock that cannot be taken is an error, never none where its folder may not be written',
    async () => {
      const folder = join(makeFolder(), 'locks');
      mkdirSync(folder);
      chmodSync(folder, 0o500);
      await expect(createLock(folder).acquire(store)).rejects.toThrow(/EACCES/);
    },
  );
});

describe('a disk that refuses the lock', () => {
  /** Any of the reasons: a folder in the way of the file. */
  const block = (folder: string) => mkdirSync(join(folder, `${store}.lock`));

  it('is asked again before each call, and the lock is ours once it can be taken', async () => {
    const folder = makeFolder();
    block(folder);
    const lock = createLock(folder);
    await expect(lock.acquire(store)).rejects.toMatchObject({ name: 'LockError' });
    await expect(lock.confirm(store)).rejects.toMatchObject({ name: 'LockError' });
    rmdirSync(join(folder, `${store}.lock`));
    expect(await lock.confirm(store)).toBeNull();
    expect(await createLock(folder, 'run-3').acquire(store)).toMatchObject({ runId: 'run-2' });
  });

  it('does not hide that another run took the lock meanwhile', async () => {
    const folder = makeFolder();
    block(folder);
    const lock = createLock(folder);
    await expect(lock.acquire(store)).rejects.toMatchObject({ name: 'LockError' });
    rmdirSync(join(folder, `${store}.lock`));
    await createLock(folder, 'run-3').acquire(store);
    expect(await lock.confirm(store)).toMatchObject({ runId: 'run-3' });
  });
});

describe.skipIf(!canMount())('a disk that is read-only', () => {
  it('still shows that another run holds the lock', async () => {
    const folder = mount('64k');
    const other = await lockElsewhere({ folder, runId: 'run-1' }, store);
    // Its holder has the file open to write, so the disk as a whole cannot become read-only under it.
    const readOnly = mountReadOnly(folder);
    expect(await createLock(readOnly).acquire(store)).toMatchObject({ runId: 'run-1', pid: other.pid });
  });

  it('is an error where no other run holds the lock', async () => {
    const folder = mount('64k');
    await (await lockElsewhere({ folder, runId: 'run-1' }, store)).kill();
    await expect(createLock(mountReadOnly(folder)).acquire(store)).rejects.toThrow(/EROFS/);
  });
});

describe.skipIf(process.platform === 'win32')('a folder of locks that others may write', () => {
  function openFolder(mode: number): string {
    const folder = makeFolder();
    chmodSync(folder, mode);
    return folder;
  }

  it.each([
    [0o1777, '666'],
    [0o2770, '660'],
  ])('has files for all of them, mode %o', async (mode, expected) => {
    const folder = openFolder(mode);
    await createLock(folder).acquire(store);
    const modes = readdirSync(folder).map((name) => (statSync(join(folder, name)).mode & 0o777).toString(8));
    expect(modes).toEqual([expected, expected]);
  });

  it('is refused without the sticky bit, as everyone could take a lock away', async () => {
    const lock = createLock(openFolder(0o777));
    await expect(lock.acquire(store)).rejects.toThrow(/mode 777\): set its sticky bit \(chmod \+t\)/);
  });

  it('leads to no other file by a link that somebody has planted', async () => {
    const folder = openFolder(0o1777);
    const own = join(makeFolder(), 'own');
    writeFileSync(own, 'mine');
    symlinkSync(own, join(folder, `${store}.lock`));
    await expect(createLock(folder).acquire(store)).rejects.toMatchObject({ name: 'LockError' });
    symlinkSync(own, join(folder, 'cks-other.lock.holder'));
    expect(await createLock(folder).acquire('cks-other')).toBeNull();
    expect(readFileSync(own, 'utf8')).toBe('mine');
  });
});

describe('the lock of a store on this machine', () => {
  it('keeps two runs apart of which one did not find out its account', async () => {
    vi.stubEnv('CKS_LOCK_DIR', makeFolder());
    onTestFinished(() => void vi.unstubAllEnvs());
    const lockOf = (runId: string, account: string) =>
      openStoreLock(
        { runId, place: { region: 'us-east-1', account } },
        { lockTable: null, endpoint: undefined },
        () => undefined,
      );
    const [first, second] = [lockOf('run-1', '111122223333'), lockOf('run-2', 'unknown')];
    onTestFinished(() => first.release(null));
    expect(await first.acquire(store)).toBeNull();
    expect(await second.acquire(store)).toMatchObject({ runId: 'run-1' });
  });
});
