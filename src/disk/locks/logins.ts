/**
 * The count of logins as kmsuser, one small file a cluster. A cluster is counted under its id alone, which is unique in
 * AWS: an account that could not be found out must not hide what an earlier run counted. A file that is torn or of another
 * cluster holds no count, and that is not zero.
 */
import { join } from 'node:path';
import { checkLogins, type LoginRecord, noLogins, unknownLogins, withoutOne } from '../../domain/logins.ts';
import type { KeptLogins } from '../../ports/logins.ts';
import { type Files, nodeFiles } from '../files/files.ts';
import { readSharing } from '../files/sharing.ts';
import { nameAlone, nameScope } from './names.ts';

const extension = '.logins.json';

export interface LoginsOptions {
  /** The endpoint of a simulator, whose clusters are not AWS's whatever their ids. */
  readonly simulator?: string | undefined;
  /** Default: the disk. */
  readonly files?: Files;
}

export function createLogins(folder: string, { simulator, files = nodeFiles }: LoginsOptions = {}): KeptLogins {
  const fileOf = (clusterId: string) => join(folder, `${nameAlone(clusterId, simulator)}${extension}`);
  /** What this process has counted and the disk has not taken. */
  const owed = new Map<string, LoginRecord>();
  /** What this process has read or written last. */
  const known = new Map<string, LoginRecord>();

  async function readFile(clusterId: string): Promise<LoginRecord> {
    const file = fileOf(clusterId);
    try {
      return parseRecord(String(await files.read(file)), clusterId) ?? unknownLogins(`${file} does not hold its count`);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return code === 'ENOENT' ? noLogins : unknownLogins(`${file} cannot be read (${code ?? message})`);
    }
  }

  const logins: KeptLogins = {
    async read(clusterId) {
      const unkept = owed.get(clusterId);
      if (unkept) return unkept;
      const read = await readFile(clusterId);
      if (read.unknownBecause !== undefined) return known.get(clusterId) ?? read;
      known.set(clusterId, read);
      return read;
    },

    async write(clusterId, record) {
      owed.set(clusterId, record);
      known.set(clusterId, record);
      try {
        await files.makeFolder(folder);
        await files.replace(fileOf(clusterId), encode(clusterId, record), readSharing(folder));
        if (owed.get(clusterId) === record) owed.delete(clusterId);
      } catch {
        // Counted in this process alone; before the outage `findProblem` has said so.
      }
    },

    async findProblem(clusterId) {
      const { unknownBecause } = await readFile(clusterId);
      if (unknownBecause !== undefined) return unknownBecause;
      const file = fileOf(clusterId);
      try {
        await files.makeFolder(folder);
        readSharing(folder);
        await files.tryReplace(file, encode(clusterId, noLogins));
        return null;
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        return `${file} cannot be written (${code ?? message})`;
      }
    },
    takeBack: async (clusterId) => logins.write(clusterId, withoutOne(await logins.read(clusterId))),
  };
  return logins;
}

/**
 * A simulator begins to listen on this port of this machine. Its clusters may have the ids of those that an earlier one had
 * there, and none of their counts. Never fails.
 */
export async function forgetLogins(folder: string, port: number, files: Files = nodeFiles): Promise<void> {
  const ends = ['127.0.0.1', 'localhost', '[::1]'].map((host) => `${nameScope(`http://${host}:${port}`)}${extension}`);
  const names = await files.list(folder).catch(() => []);
  const counts = names.filter((name) => ends.some((end) => name.endsWith(end)));
  await Promise.allSettled(counts.map((name) => files.remove(join(folder, name))));
}

function encode(clusterId: string, record: LoginRecord): string {
  return `${JSON.stringify({ clusterId, ...record })}\n`;
}

/** Undefined: it is no count of this cluster. */
function parseRecord(text: string, clusterId: string): LoginRecord | undefined {
  const record = parse(text);
  return record.clusterId === clusterId ? checkLogins(record) : undefined;
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}
