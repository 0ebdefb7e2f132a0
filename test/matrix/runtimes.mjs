/** Versions of Node.js as npm has them, each in a folder of its own that git does not see. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const platform = process.platform === 'win32' ? 'win' : process.platform;
const packageName = `node-${platform}-${process.arch}`;
const executable = process.platform === 'win32' ? 'node.exe' : 'node';

/**
 * The folder with the runtime's executable; what is there already is kept.
 *
 * @param {string} cache folder for all versions
 * @param {string} version a version or a range: `22`
 * @throws {Error} when npm has none for this machine
 */
export function provideRuntime(cache, version) {
  const home = join(cache, version);
  const folder = join(home, 'node_modules', packageName, 'bin');
  if (existsSync(join(folder, executable))) return folder;
  const words = ['install', '--prefix', home, '--no-save', '--no-package-lock', '--no-audit', '--no-fund'];
  const { status, stderr } = spawnSync('npm', [...words, '--ignore-scripts', `${packageName}@${version}`], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status === 0 && existsSync(join(folder, executable))) return folder;
  throw new Error(`${packageName}@${version} could not be installed: ${stderr?.trim().split('\n').at(-1) ?? 'no npm'}`);
}
