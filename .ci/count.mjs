/**
 * What a step of `.ci/run` counts as: the tests in the report that it left, and the planted bugs that it names; otherwise as
 * one. Words: its exit status, and the file with what it printed. Prints "PASSED FAILED".
 */
import { readFileSync } from 'node:fs';

const [, , status, log] = process.argv;

function readTests() {
  let report;
  try {
    report = JSON.parse(readFileSync('.vitest/report.json', 'utf8'));
  } catch {
    return { passed: 0, failed: 0 };
  }
  const { numPassedTests, numFailedTests, testResults } = report;
  const unread = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return { passed: numPassedTests, failed: numFailedTests + unread.length };
}

const sum = (matches, read) => [...matches].reduce((total, match) => total + read(match.slice(1).map(Number)), 0);

const text = readFileSync(log, 'utf8');
const hunted = /^(\d+) of (\d+) mutants found/gm;
const onNodes = /^node \S+ +(?:ok|FAILED) +(\d+) passed, (\d+) failed/gm;
const tests = readTests();
let passed =
  tests.passed + sum(text.matchAll(hunted), ([found]) => found) + sum(text.matchAll(onNodes), ([one]) => one);
let failed =
  tests.failed +
  sum(text.matchAll(hunted), ([found, all]) => all - found) +
  sum(text.matchAll(onNodes), ([, one]) => one);
if (Number(status) !== 0 && failed === 0) failed = 1;
if (passed === 0 && failed === 0) passed = 1;
process.stdout.write(`${passed} ${failed}\n`);
