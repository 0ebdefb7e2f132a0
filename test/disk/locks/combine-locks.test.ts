import { expect, it } from 'vitest';
import { combineLocks } from '../../../src/disk/locks/combine-locks.ts';
import { LockError, type LockOwner, type StoreLock } from '../../../src/ports/lock.ts';

const other: LockOwner = { runId: 'run-2', pid: 8, sinceMs: 0, step: 'updateStore' };

function createLock(name: string, done: string[], owner: LockOwner | null = null): StoreLock {
  const answer = (word: string) => async () => {
    done.push(`${name} ${word}`);
    return owner;
  };
  return {
    acquire: answer('acquire'),
    confirm: answer('confirm'),
    recordStep: () => done.push(`${name} tell`),
    async release(outcome) {
      done.push(`${name} release ${outcome}`);
    },
  };
}

it('takes all of them in turn, and gives them back the other way round', async () => {
  const done: string[] = [];
  const both = combineLocks(createLock('here', done), createLock('table', done));
  expect([await both.acquire('cks-1'), await both.confirm('cks-1')]).toEqual([null, null]);
  both.recordStep('hold', null);
  await both.release('updated');
  expect(done).toEqual([
    'here acquire',
    'table acquire',
    'here confirm',
    'table confirm',
    'here tell',
    'table tell',
    'table release updated',
    'here release updated',
  ]);
});

it('takes the others also where the disk refuses one, and says so then', async () => {
  const done: string[] = [];
  const broken = {
    ...createLock('here', done),
    acquire: async () => {
      throw new LockError('read-only');
    },
  };
  await expect(combineLocks(broken, createLock('table', done)).acquire('cks-1')).rejects.toThrow('read-only');
  expect(done).toEqual(['table acquire']);
  expect(await combineLocks(broken, createLock('table', done, other)).acquire('cks-1')).toEqual(other);
});

it('asks no other for what one refuses', async () => {
  const done: string[] = [];
  const both = combineLocks(createLock('here', done, other), createLock('table', done));
  expect([await both.acquire('cks-1'), await both.confirm('cks-1')]).toEqual([other, other]);
  expect(done).toEqual(['here acquire', 'here confirm']);
});
