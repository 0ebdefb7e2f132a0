import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const folder = resolve(import.meta.dirname, '../examples');
const examples = readdirSync(folder).filter((file) => /^\d/.test(file));

const lastLines: Readonly<Record<string, RegExp>> = {
  '01-rotate-a-credential.mjs': /^updated, mode live; the old credential is needed until 20/,
  '02-plan-then-move-a-cluster.mjs': /^updated, \d+ ms offline, settings new$/,
  '03-an-update-that-is-rolled-back.mjs':
    /^rolledBack: INVALID_CREDENTIALS; the store is CONNECTED with the old settings$/,
  '04-stop-a-run.mjs': /^cancelled: the store is CONNECTED$/,
  '05-walk-the-machine.mjs': /^cancelled \(outcome\):$/,
  '06-correct-a-value-and-resume.mjs': /^updated: the store is CONNECTED at https:\/\/xks\.example\.com$/,
  '07-answer-every-outcome.mjs': /^updated; nothing to do$/,
  '08-who-will-notice.mjs': /^Amazon RDS: not seen by CloudTrail, 1 grants$/,
};

describe('the examples run as they stand', () => {
  it.concurrent.each(examples)('%s', async (file) => {
    const env = { ...process.env, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };
    const { stdout } = await run(process.execPath, [join(folder, file)], { env });
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(lastLines[file] ?? /^$/);
  });
});
