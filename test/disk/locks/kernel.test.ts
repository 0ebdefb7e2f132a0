import { describe, expect, it, vi } from 'vitest';

const coded = (code: string) => Object.assign(new Error(code), { code });

/** The native part stands outside of this program: what it does elsewhere is told here. */
async function loadOn(tryLock: () => boolean) {
  vi.resetModules();
  vi.doMock('fs-native-extensions', () => ({ tryLock }));
  const { loadTryLock } = await import('../../../src/disk/locks/kernel.ts');
  return loadTryLock();
}

describe("the kernel's lock on other machines", () => {
  it('is held by another where Windows says that the range is busy', async () => {
    const tryLock = await loadOn(() => {
      throw coded('EBUSY');
    });
    expect(tryLock(3, 'exclusive')).toBe(false);
  });

  it('is an error for every other reason', async () => {
    const tryLock = await loadOn(() => {
      throw coded('ENOLCK');
    });
    expect(() => tryLock(3, 'exclusive')).toThrow('ENOLCK');
  });

  it('says in one line what to do where the native part does not load', async () => {
    vi.resetModules();
    vi.doMock('fs-native-extensions', () => {
      throw new Error("Cannot find addon '.'\nCandidates:\n- file:///linux-x64-musl");
    });
    const { loadTryLock } = await import('../../../src/disk/locks/kernel.ts');
    const error = await loadTryLock().catch((thrown) => thrown);
    expect(error).toMatchObject({ name: 'LockError' });
    expect(error.message).toMatch(/^cks cannot take a lock on this machine: .*use an image with glibc\.$/);
    expect(error.message).not.toContain('\n');
  });
});
