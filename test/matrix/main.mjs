/**
 * Runs the suite on each version of Node.js that is supported, and tells what came of it in a line each. `--smoke`: only the
 * tests that a version of Node.js may break first: of processes, files, locks, HTTP and terminals.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { provideRuntime } from './runtimes.mjs';

const versions = ['20', '22', '24'];
const root = resolve(import.meta.dirname, '../..');
const cache = join(root, '.matrix');
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const smoke = [
  'test/files',
  'test/locks',
  'test/journal',
  'test/hosts/local',
  'test/kms',
  'test/cli/exit',
  'test/cli/asking',
];
const files = process.argv.includes('--smoke') ? smoke : [];

/** @param {string} version */
function test(version) {
  const folder = provideRuntime(cache, version);
  const reportFile = join(cache, `${version}.json`);
  rmSync(reportFile, { force: true });
  // First on the path, so that whatever a test starts as `node` is this version too.
  const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` };
  const words = [vitest, 'run', ...files, '--reporter=json', `--outputFile=${reportFile}`];
  const from = Date.now();
  const { status, stderr } = spawnSync(join(folder, 'node'), words, { cwd: root, env, encoding: 'utf8' });
  const seconds = Math.round((Date.now() - from) / 1_000);
  const full = spawnSync(join(folder, 'node'), ['--version'], { encoding: 'utf8' }).stdout.trim();
  return { full, seconds, stderr, isGreen: status === 0, report: readReport(reportFile) };
}

/** @param {string} file */
function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** What failed, one line each: tests by their full name, files that could not be loaded by theirs. */
function listFailures({ testResults }) {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((result) => result.status === 'failed');
    if (failed.length > 0)
      return failed.map(({ fullName, failureMessages }) => `${fullName}: ${firstLine(failureMessages[0])}`);
    return status === 'failed' ? [`${name}: ${firstLine(message)}`] : [];
  });
}

/** @param {string | undefined} text */
const firstLine = (text) => (text ?? '').split('\n', 1)[0];

for (const version of versions) {
  try {
    const { full, seconds, stderr, isGreen, report } = test(version);
    const counts = report
      ? `${report.numPassedTests} passed, ${report.numFailedTests} failed, ${report.numPendingTests} skipped`
      : `no report: ${stderr.trim()}`;
    process.stdout.write(`node ${full.padEnd(9)}  ${isGreen ? 'ok    ' : 'FAILED'}  ${counts}, ${seconds} s\n`);
    for (const failure of report ? listFailures(report) : []) process.stdout.write(`    ${failure}\n`);
    if (!isGreen) process.exitCode = 1;
  } catch (error) {
    process.stdout.write(`node ${version}  FAILED  ${error.message}\n`);
    process.exitCode = 1;
  }
}
