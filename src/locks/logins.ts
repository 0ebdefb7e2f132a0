/**
 * The count of logins as kmsuser, one small file a cluster. A cluster is counted under its id alone, which is unique in
 * AWS: an account that could not be found out must not hide what an earlier run counted.
 */
import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type LoginRecord, noLogins } from '../domain/logins.ts';
import type { Logins } from '../ports/logins.ts';
import { makeFolder } from './make-folder.ts';
import { nameCluster } from './names.ts';

/** `simulator`: the endpoint of one, whose clusters are not AWS's whatever their ids. */
export function createLogins(folder: string, simulator?: string): Logins {
  const fileOf = (clusterId: string) => join(folder, `${nameCluster(clusterId, simulator)}.logins.json`);
  const counted = new Map<string, LoginRecord>();

  return {
    async read(clusterId) {
      return counted.get(clusterId) ?? (await readRecord(fileOf(clusterId)));
    },
    async write(clusterId, record) {
      // What cannot be kept is counted at least in this process.
      counted.set(clusterId, record);
      await replace(fileOf(clusterId), `${JSON.stringify({ clusterId, ...record })}\n`).then(
        () => counted.delete(clusterId),
        () => undefined,
      );
    },
  };

  async function replace(file: string, text: string): Promise<void> {
    makeFolder(folder);
    const draft = `${file}.${randomUUID()}`;
    try {
      const handle = await open(draft, 'wx', 0o600);
      try {
        await handle.writeFile(text);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, file);
      await syncFolder(folder);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }
}

async function readRecord(file: string): Promise<LoginRecord> {
  try {
    const { count, refusedWith } = JSON.parse(await readFile(file, 'utf8'));
    return {
      count: Number.isSafeInteger(count) && count > 0 ? count : 0,
      refusedWith: typeof refusedWith === 'string' ? refusedWith : null,
    };
  } catch {
    return noLogins;
  }
}

async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders, and keeps their names without being asked.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
