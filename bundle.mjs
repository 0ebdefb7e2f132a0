/**
 * Makes one program of the built command and the packages that it always loads. Node.js spends most of a short command on
 * finding and reading their thousand files, and Node.js 20 has no compile cache. The library is not bundled.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const { optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const folder = 'dist/src/cli';
const parts = `${folder}/parts`;

rmSync(parts, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: [`${folder}/bin.js`],
  outdir: folder,
  allowOverwrite: true,
  chunkNames: 'parts/[name]-[hash]',
  bundle: true,
  // What one command needs is not loaded by the others.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  // The packages' own builds as modules: only of these can what is not used be left out.
  mainFields: ['module', 'main'],
  // Native; CommonJS whose names only Node.js finds; and what need not be installed.
  external: ['fs-native-extensions', 'yaml', ...Object.keys(optionalDependencies)],
  // Names stay as they are, for the stacks of a log.
  minifyWhitespace: true,
  minifySyntax: true,
  legalComments: 'none',
  // Their lines name the sources of this repository, without their text: that is in the repository.
  sourcemap: 'linked',
  sourcesContent: false,
  // Some packages are CommonJS, and require modules of Node.js.
  banner: {
    js: "import { createRequire as createRequireOfBundle } from 'node:module'; const require = createRequireOfBundle(import.meta.url);",
  },
  metafile: true,
  logLevel: 'warning',
});

writeFileSync(`${parts}/LICENSES.txt`, listLicenses(Object.keys(metafile.inputs)));

/** Their licenses ask for their notices to go with them. */
function listLicenses(files) {
  const folders = files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []);
  return [...new Set(folders)].sort().map(describeLicense).join('\n');
}

function describeLicense(packageFolder) {
  const { name, version, license } = JSON.parse(readFileSync(`${packageFolder}/package.json`, 'utf8'));
  const notices = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'LICENCE', 'license', 'NOTICE'].flatMap((file) => {
    try {
      return readFileSync(`${packageFolder}/${file}`, 'utf8').trim();
    } catch {
      return [];
    }
  });
  return [`${name} ${version} (${license})`, '', ...new Set(notices), ''].join('\n');
}
