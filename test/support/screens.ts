/**
 * Takes the screens of a page again. A block `console` is a command and what it prints; a block `js` that a block `text`
 * follows is a program and what it prints. What they meet is the last `cks simulator --scenario ...` that a block `sh` on
 * the page starts, so a reader can do all of it too. Worlds of one page, and of all pages, are taken side by side.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import {
  createScaledClock,
  createSimulator,
  openScenario,
  serveSimulator,
  serveXksProxy,
} from '../../src/simulator/index.ts';
import { within } from './environments.ts';
import { runInRealTime } from './in-process.ts';
import { type Block, listBlocks, replaceBlocks } from './pages.ts';
import { hasPty, runOnPty } from './pty.ts';
import { down, enter } from './terminal.ts';

const root = resolve(import.meta.dirname, '../..');

/** Where the simulator and its proxies are on the pages: at the default port, and at the one that the pages name. */
const shownServer = '127.0.0.1:8080';
const shownProxy = '127.0.0.1:8000';

/** The page, with each screen that is no longer true in its new form. */
export async function retakeScreens(page: string): Promise<string> {
  const blocks = listBlocks(page);
  const parts = splitByWorld(blocks);
  return replaceBlocks(page, (await Promise.all(parts.map(retakePart))).flat());
}

interface Part {
  /** The command that starts the simulator; empty: none is started, or nothing is asked of it. */
  readonly start: string;
  readonly blocks: readonly Block[];
}

function splitByWorld(blocks: readonly Block[]): readonly Part[] {
  const parts: { start: string; blocks: Block[] }[] = [{ start: '', blocks: [] }];
  for (const block of blocks) {
    const start = block.language === 'sh' ? /^.*cks simulator --scenario .*$/m.exec(block.text)?.[0] : undefined;
    if (start !== undefined) parts.push({ start, blocks: [] });
    parts.at(-1)?.blocks.push(block);
  }
  return parts;
}

const isShown = ({ language }: Block) => ['console', 'text'].includes(language);

async function retakePart({ start, blocks }: Part): Promise<readonly string[]> {
  if (!blocks.some(isShown)) return blocks.map(({ text }) => text);
  const world = await openWorld(start);
  try {
    const taken: string[] = [];
    for (const [at, { language, text }] of blocks.entries()) {
      const program = blocks[at - 1];
      if (language === 'console') taken.push(await takeCommand(text, world));
      else if (language === 'text' && program?.language === 'js') taken.push(await runProgram(program.text, world));
      else taken.push(text);
    }
    // All or none, so that the screens of one world name the same run.
    const isTrue = blocks.every(({ text }, at) => blur(text) === blur(taken[at] ?? ''));
    return isTrue ? blocks.map(({ text }) => text) : taken;
  } finally {
    await world.close();
  }
}

interface World {
  readonly environment: NodeJS.ProcessEnv;
  /** Words of a page as they are here, and what was printed here as on a page. */
  toHere(words: string): string;
  toPage(printed: string): string;
  close(): Promise<void>;
}

async function openWorld(start: string): Promise<World> {
  const name = /--scenario (\S+)/.exec(start)?.[1];
  const opened = name === undefined ? undefined : await openScenario(name);
  const clock = createScaledClock(Number(/--time-scale (\S+)/.exec(start)?.[1] ?? 1));
  const simulator = opened?.start({ now: clock, seed: 1 }) ?? createSimulator({ now: clock, seed: 1 });
  const [server, proxy] = await Promise.all([serveSimulator(simulator, { clock }), serveXksProxy(simulator)]);
  const folder = mkdtempSync(join(tmpdir(), 'cks-page-'));
  const state = join(folder, 'state');
  const hostOf = ({ url }: { url: string }) => new URL(url).host;
  const me = `${userInfo().username} on ${hostname()}`;
  return {
    environment: {
      PATH: process.env.PATH,
      HOME: folder,
      CKS_STATE_DIR: state,
      CKS_LOCK_DIR: join(folder, 'locks'),
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_ACCESS_KEY_ID: 'rehearsal',
      AWS_SECRET_ACCESS_KEY: 'rehearsal',
      AWS_REGION: 'us-east-1',
      AWS_ENDPOINT_URL_KMS: server.url,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      ...opened?.scenario.expect?.environment,
    },
    toHere: (words) => words.replaceAll(shownProxy, hostOf(proxy)).replace(runId, () => newestRun(state)),
    toPage: (printed) =>
      printed
        .replaceAll(hostOf(server), shownServer)
        .replaceAll(hostOf(proxy), shownProxy)
        .replaceAll(me, 'ada on laptop'),
    async close() {
      await Promise.all([server.close(), proxy.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const runId = /\d{8}-\d{6}-[0-9a-f]{4}/;

function newestRun(state: string): string {
  const runs = readdirSync(join(state, 'runs')).flatMap((file) => runId.exec(file)?.[0] ?? []);
  return runs.sort().at(-1) ?? 'no-run';
}

/** A command may go on in the next line behind a backslash. Without a terminal the output of cks is JSON, so text is asked for. */
async function takeCommand(screen: string, world: World): Promise<string> {
  const [command = ''] = /^\$ (?:.*\\\n)*.*\n/.exec(screen) ?? [];
  const line = world.toHere(command.replace(/^\$ cks ?/, '').replaceAll('\\\n', ' '));
  const words = [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, one, two, three]) => one ?? two ?? three ?? '',
  );
  if (words.length === 0) return hasPty ? `${command}${world.toPage(await runGuided(world.environment))}` : screen;
  const hasText = ['simulator', 'iam-policy'].includes(words[0] ?? '') || /--(?:output|format)\b/.test(line);
  const asText = hasText ? [] : ['--output', 'text'];
  const printed: Buffer[] = [];
  await within(world.environment, () => runInRealTime([...words, ...asText], world.environment, '', printed));
  const shown = runId.test(command) ? command.replace(runId, runId.exec(line)?.[0] ?? '') : command;
  return `${shown}${world.toPage(Buffer.concat(printed).toString())}`;
}

/** `cks` alone on a terminal: the second store, and the second thing to do with it. */
async function runGuided(environment: NodeJS.ProcessEnv): Promise<string> {
  const pty = runOnPty([], environment);
  const dialogue = [
    ['Which custom key store', down + enter],
    ['What do you want to do with ledger-hsm?', down + enter],
    ['Type ledger-hsm', `ledger-hsm${enter}`],
  ] as const;
  try {
    for (const [seen, keys] of dialogue) {
      await pty.saw(seen);
      pty.type(keys);
    }
    await pty.exitCode;
    return `${pty.read()}\n`;
  } finally {
    pty.leave();
  }
}

/** A program names the package as its users do, so its file is in this package. */
async function runProgram(code: string, { environment, toPage }: World): Promise<string> {
  const folder = mkdtempSync(join(root, '.vitest-'));
  try {
    const file = join(folder, 'program.mjs');
    writeFileSync(file, code);
    const child = spawn(process.execPath, [file], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk));
    await once(child, 'close');
    return toPage(printed);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What differs from one time to the next: instants, times, ids, counts of calls, and the order of keys used just now. */
function blur(screen: string): string {
  return screen
    .replace(/\s+/g, ' ')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z/g, 'INSTANT')
    .replace(/\d{8}-\d{6}-[0-9a-f]{4}/g, 'RUN')
    .replace(/\bcks-[0-9a-f]{17}\b/g, 'STORE')
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, 'ID')
    .replace(/process \d+/g, 'process N')
    .replace(/\b\d\d:\d\d /g, '00:00 ')
    .replace(/\b\d+ m?s\b/g, 'N s')
    .replace(/\b\d+ min old/g, 'N s old')
    .replace(/used (less than a minute|\d+ minutes?) ago/g, 'used just now')
    .replace(/\d+ of \d+ sampled calls?/g, 'N of N sampled calls')
    .replace(/\b[\d,]+ requests?( per minute| per hour)?/g, 'N requests')
    .replace(/\d+ (store )?calls?/g, 'N calls')
    .replace(/ENOTFOUND|EAI_AGAIN/g, 'ENOTFOUND')
    .replace(/(?: - alias\/\S+ was used just now)+/g, (rows) => rows.split(' - ').sort().join(' - '));
}
