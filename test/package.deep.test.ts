import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { version } from '../src/library/wiring/version.ts';

const root = resolve(import.meta.dirname, '..');
const {
  name,
  version: packageVersion,
  exports: entries,
} = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
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
  const { dependencies, optionalDependencies, peerDependencies } = packedManifest(installed);
  for (const dependency of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies }))
    link(dependency);
  link('@types');
});

afterAll(() => rmSync(home, { recursive: true }));

type Named = Readonly<Record<string, string>>;

function packedManifest(
  installed: string,
): Readonly<Record<'dependencies' | 'optionalDependencies' | 'peerDependencies', Named>> {
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

  it.each(['use.mts', 'use.cts'])('resolves every entry point with its types, for a strict compiler: %s', (file) => {
    const imports = entryPoints.map((entry, nth) => `import * as entry${nth} from '${join(name, entry)}';`);
    const uses = entryPoints.map((_, nth) => `export const names${nth}: string[] = Object.keys(entry${nth});`);
    writeFileSync(join(home, file), [...imports, ...uses].join('\n'));
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    const words = [compiler, '--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node'];
    expect(run([...words, '--ignoreConfig', join(home, file)])).toBe('');
  });

  it('loads every entry point, and its command', () => {
    const load = entryPoints.map((entry) => `await import('${join(name, entry)}');`).join(' ');
    expect(run(['--input-type=module', '--eval', `${load} console.log('loaded');`])).toBe('loaded\n');
    expect(run([join(home, 'node_modules', name, 'dist/src/cli/bin.js'), '--help'])).toMatch(/^Usage: cks /);
  });

  it('loads every entry point in a CommonJS program', () => {
    const load = entryPoints.map((entry) => `require('${join(name, entry)}');`).join(' ');
    expect(run(['--no-warnings', '--input-type=commonjs', '--eval', `${load} console.log('loaded');`])).toBe(
      'loaded\n',
    );
  });

  it('runs nothing when it is installed, and neither does any package that comes with it', () => {
    const { scripts, allowScripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const atInstall = ['preinstall', 'install', 'postinstall', 'prepare'];
    expect(Object.keys(scripts).filter((script) => atInstall.includes(script))).toEqual([]);
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    const running = Object.entries<{ hasInstallScript?: true; dev?: true; os?: readonly string[] }>(packages)
      .filter(([, { hasInstallScript, os }]) => hasInstallScript && os === undefined)
      .map(([folder, { dev }]) => [folder.replace('node_modules/', ''), dev]);
    // Only for those who work on it, and not even there: its script would save milliseconds.
    expect(running).toEqual([['esbuild', true]]);
    expect(allowScripts).toEqual({ esbuild: false });
  });

  it('names its version in the code', () => {
    expect(version).toBe(packageVersion);
    expect(run([join(home, 'node_modules', name, 'dist/src/cli/bin.js'), '--version'])).toBe(`${packageVersion}\n`);
  });

  it('names lines of its sources in the stack that goes into a log', () => {
    const log = join(home, 'cks.log');
    const words = ['update', 'xks', '--xks-proxy-uri-path', 'short', '--region', 'us-east-1', '--no-journal'];
    run([join(home, 'node_modules', name, 'dist/src/cli/bin.js'), ...words, '--log-level', 'debug', '--log-file', log]);
    expect(readFileSync(log, 'utf8')).toMatch(/at prepareRequest \(\S+\/src\/run\/prepare\.ts:\d+:\d+\)/);
  });

  it('holds the licenses of the packages that are part of its command', () => {
    const notices = readFileSync(join(home, 'node_modules', name, 'dist/src/cli/parts/LICENSES.txt'), 'utf8');
    expect(notices).toMatch(/^@aws-sdk\/client-kms [\d.]+ \(Apache-2\.0\)$/m);
    expect(notices).toMatch(/^commander [\d.]+ \(MIT\)$/m);
  });
});

/** What each handler does with an event that is none: it has loaded all its code by then. */
const handlers = {
  rotation: {
    make: "createRotationHandler({ proxyCredentials: { url: 'https://proxy-admin.example.com' }, region: 'us-east-1' })",
    call: "handler({ Step: 'none' }, { getRemainingTimeInMillis: () => 60_000 })",
    answer: 'RotationError: WRONG_EVENT: Step is one of createSecret, setSecret, testSecret, finishSecret',
  },
  durable: {
    make: "createSafeUpdateHandler({ lockTable: 'cks-locks', region: 'us-east-1' })",
    call: 'handler({}, {})',
    answer: 'Error: Unexpected payload provided to start the durable execution.',
  },
} as const;

describe.each(['esm', 'cjs'] as const)('a handler bundled by esbuild as %s', (format) => {
  it.each(['rotation', 'durable'] as const)('runs where nothing is installed: %s', async (entry) => {
    const { make, call, answer } = handlers[entry];
    const made = entry === 'rotation' ? 'createRotationHandler' : 'createSafeUpdateHandler';
    const contents = `import { ${made} } from '${name}/${entry}';\nexport const handler = ${make};`;
    const away = mkdtempSync(join(tmpdir(), 'cks-bundle-'));
    const file = join(away, format === 'esm' ? 'index.mjs' : 'index.cjs');

    const { warnings, metafile } = await build({
      stdin: { contents, resolveDir: home },
      outfile: file,
      bundle: true,
      platform: 'node',
      format,
      target: 'node20.19',
      metafile: true,
      logLevel: 'silent',
      // The CommonJS builds of the SDK require modules of Node.js, which an ES module cannot.
      mainFields: ['module', 'main'],
    });

    expect(warnings).toEqual([]);
    const packages = Object.keys(metafile.inputs).filter((input) => input.includes('durable-execution-sdk-js'));
    if (entry === 'rotation') expect(packages).toEqual([]);
    const load = format === 'esm' ? `await import('${file}')` : `require('${file}')`;
    const code = `const { handler } = ${load}; ${call}.catch((error) => console.log(String(error).split('\\n')[0]));`;
    const words = format === 'esm' ? ['--input-type=module'] : ['--input-type=commonjs'];
    const said = run([...words, '--eval', code], away);
    rmSync(away, { recursive: true });
    expect(said).toBe(`${answer}\n`);
  });
});

/** Built from a source that is still there, or a part of the command. */
function isBuilt(file: string): boolean {
  if (/^dist\/src\/cli\/(bin\.js|parts\/([\w-]+\.js|LICENSES\.txt))(\.map)?$/.test(file)) return true;
  if (file.startsWith('dist/src/cli/')) return false;
  const source = file.replace(/^dist\//, '').replace(/(\.d\.ts|\.js|\.js\.map)$/, '.ts');
  return file.startsWith('dist/') && existsSync(join(root, source));
}

function run(words: readonly string[], cwd = home): string {
  const env = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
  try {
    return execFileSync(process.execPath, words, { cwd, env, encoding: 'utf8', stdio: 'pipe' });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return `${stdout}${stderr}`;
  }
}
