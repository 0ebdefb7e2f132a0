import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const { name, exports: entries } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const entryPoints = Object.keys(entries).filter((entry) => !entry.endsWith('.json'));

let home: string;
let files: readonly string[];

/** A project of somebody else's, with the packed package and its dependencies in it. */
beforeAll(() => {
  home = mkdtempSync(join(root, '.vitest-package-'));
  const words = ['pack', '--ignore-scripts', '--json', '--pack-destination', home];
  const [packed] = JSON.parse(execFileSync('npm', words, { cwd: root, encoding: 'utf8', stdio: 'pipe' }));
  files = packed.files.map(({ path }: { path: string }) => path);
  const installed = join(home, 'node_modules', name);
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(home, packed.filename), '--strip-components=1', '-C', installed]);
  for (const dependency of Object.keys(packedManifest(installed).dependencies)) link(dependency);
  link('@types');
});

afterAll(() => rmSync(home, { recursive: true }));

function packedManifest(installed: string): { dependencies: Record<string, string> } {
  return JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
}

function link(dependency: string): void {
  const target = join(home, 'node_modules', dependency);
  mkdirSync(resolve(target, '..'), { recursive: true });
  symlinkSync(join(root, 'node_modules', dependency), target, 'junction');
}

describe('the packed package', () => {
  it('holds what was built, the pages, the examples, the rehearsals, the schemas, and nothing else', () => {
    const pages = [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'machines/README.md',
      ...['checks', 'cli', 'lambda', 'library', 'run', 'simulator'].map((folder) => `src/${folder}/README.md`),
      'package.json',
    ];
    const isExample = (file: string) => file.startsWith('examples/');
    const isRehearsal = (file: string) =>
      /^src\/(simulator\/(scenario\.schema\.json|scenarios\/catalogue\/[\w-]+\.yaml)|schemas\/[\w-]+\.schema\.json)$/.test(
        file,
      );
    const strangers = files.filter(
      (file) => !pages.includes(file) && !isExample(file) && !isRehearsal(file) && !isBuilt(file),
    );
    expect(strangers).toEqual([]);
    expect(files).toEqual(expect.arrayContaining([...pages, 'dist/src/cli/bin.js']));
  });

  it('resolves every entry point with its types, for a strict compiler', () => {
    const imports = entryPoints.map((entry, nth) => `import * as entry${nth} from '${join(name, entry)}';`);
    const uses = entryPoints.map((_, nth) => `export const names${nth}: string[] = Object.keys(entry${nth});`);
    writeFileSync(join(home, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(home, 'use.mts'), [...imports, ...uses].join('\n'));
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const words = [compiler, '--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node'];
    expect(run([...words, '--ignoreConfig', join(home, 'use.mts')])).toBe('');
  });

  it('loads every entry point, and its command', () => {
    const load = entryPoints.map((entry) => `await import('${join(name, entry)}');`).join(' ');
    expect(run(['--input-type=module', '--eval', `${load} console.log('loaded');`])).toBe('loaded\n');
    expect(run([join(home, 'node_modules', name, 'dist/src/cli/bin.js'), '--help'])).toMatch(/^Usage: cks /);
  });
});

/** Built from a source that is still there. */
function isBuilt(file: string): boolean {
  const source = file.replace(/^dist\//, '').replace(/(\.d)?\.(ts|js)$/, '.ts');
  return file.startsWith('dist/') && existsSync(join(root, source));
}

function run(words: readonly string[]): string {
  const env = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
  try {
    return execFileSync(process.execPath, words, { cwd: home, env, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return `${stdout}${stderr}`;
  }
}
