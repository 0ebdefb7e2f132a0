/** What every command needs that carries a run: whom it asks, what it shows, how it is stopped, and how it ends. */

import type { RunResult } from '../../domain/outcome.ts';
import { exitCodeOf } from '../../domain/outcome.ts';
import type { Risk } from '../../domain/policy.ts';
import type { Safeguards } from '../../domain/safeguards.ts';
import type { RunOptions } from '../../library/options.ts';
import { openNotifications } from '../input/notifications.ts';
import { findEndpoint, keepStack, openLog, readConnection, readLockTable } from '../input/session.ts';
import { readConnectTo } from '../options/connect-to.ts';
import { hasFlag, type OptionValues, readText, readWord, rejectValue } from '../options/option-values.ts';
import { optionWords } from '../options/option-words.ts';
import { type OnUnwritable, type Output, openOutput, refuse } from '../output/output.ts';
import { createJsonDisplay, createSilentDisplay, createTextDisplay, type Display } from '../output/progress/display.ts';
import { renderResult } from '../output/render/result.ts';
import { sayError } from '../output/say-error.ts';
import { createOptionsApprover, createTerminalApprover } from '../terminal/approver.ts';
import { isDumb } from '../terminal/asking/open-asking.ts';
import { type Io, isInteractive } from '../terminal/io.ts';
import { createTerminalPrompt } from '../terminal/operator-prompt.ts';
import { type Asked, watchRun } from './watch-run.ts';

/** Where the result of a run goes, and the exit code that it comes to. */
export interface Ending {
  readonly output: Output;
  end(result: RunResult): number;
}

export interface OpenedRun extends Ending {
  readonly options: RunOptions;
  readonly display: Display;
  /** A person can be asked, and wants to be. */
  readonly asks: boolean;
}

/** What a command does otherwise than `cks update`. */
export interface Manner extends Pick<RunOptions, 'waitLimits'> {
  readonly ending?: Ending;
  /** Hears of each risk that is accepted when asked for. */
  readonly onAccepted?: (risk: Risk) => void;
  /** An unfinished run of the store was offered already. */
  readonly hasOffered?: boolean;
  /** The store may be offline: a log or result file that cannot be written is named, and the run continues without it. */
  readonly mustGoOn?: boolean;
}

type WatchedOptions = RunOptions & { readonly signal: AbortSignal };

const displays = { text: createTextDisplay, json: createJsonDisplay, none: createSilentDisplay } as const;

/**
 * Reads the options of a run, and refuses what cannot work before anything is called. `notes`: shown before the go-ahead.
 *
 * @throws {InvalidInputError}
 */
export async function openRun(
  io: Io,
  optionValues: OptionValues,
  { accept = [], notes = [] }: { readonly accept?: readonly Risk[]; readonly notes?: readonly string[] },
  { ending, onAccepted = () => undefined, waitLimits, mustGoOn = false }: Manner = {},
): Promise<OpenedRun> {
  const display = openDisplay(io, optionValues);
  const connection = readConnection(optionValues);
  const goOnWithout: OnUnwritable = (option, code) =>
    display.say(`${option} cannot be written (${code}); the run continues without it`);
  const onUnwritable = mustGoOn ? goOnWithout : refuse;
  const { output, end } = ending ?? createEnding(io, openOutput(io, optionValues, onUnwritable));
  const log = await openLog(io, optionValues, onUnwritable);
  const notifying = await openNotifications(io, optionValues, log);
  const isYes = hasFlag(optionValues, 'yes');
  const asks = isInteractive(io) && !isYes;
  const consent = { isYes, accept, onAccepted };
  const keeping = readKeeping(optionValues);
  const safeguards = readSafeguards(keeping);
  const options: RunOptions = {
    ...connection,
    ...log,
    ...notifying,
    approver: asks
      ? createTerminalApprover(io, consent, safeguards, findEndpoint(connection), notes)
      : createOptionsApprover(consent),
    ...(asks
      ? { operatorPrompt: createTerminalPrompt(io, onAccepted, { hasJournal: safeguards.journal === 'file' }) }
      : {}),
    ...keeping,
    ...readConnectTo(optionValues),
    ...(waitLimits ? { waitLimits } : {}),
    onJournalLost: (line) => io.stderr.write(line),
  };
  if (!asks) for (const note of notes) display.say(`cks: ${note}`);
  return { options, output, end, display, asks };
}

/** Tells what came of a run as our own commands do. */
export function createEnding(io: Io, output: Output): Ending {
  return {
    output,
    end(result) {
      if (result.reason && output.format !== 'text') sayError(io, result.reason);
      output.write(result, () => renderResult(result));
      return exitCodeOf(result);
    },
  };
}

/** @throws {InvalidInputError} */
export function openDisplay(io: Io, optionValues: OptionValues): Display {
  return displays[readWord(optionValues, 'progress', optionWords.progress) ?? 'text'](
    io.stderr,
    io.stderr.isTTY === true && !isDumb(io) ? io.unguarded.stderr : undefined,
  );
}

/** Where a run is kept, and whose it must be. @throws {InvalidInputError} */
export function readKeeping(optionValues: OptionValues) {
  const stateDirectory = readText(optionValues, 'state-dir');
  const expectAccount = readText(optionValues, 'expect-account');
  if (expectAccount !== undefined && !/^\d{12}$/.test(expectAccount)) {
    throw rejectValue('expect-account', expectAccount, 'the 12 digits of an account');
  }
  return {
    journal: !hasFlag(optionValues, 'no-journal'),
    ...(stateDirectory === undefined ? {} : { stateDirectory }),
    ...(expectAccount === undefined ? {} : { expectAccount }),
    ...readLockTable(optionValues),
  };
}

/** What stands between the run and a crash or a second operator. */
export function readSafeguards({ journal = true, lockTable }: Pick<RunOptions, 'journal' | 'lockTable'>): Safeguards {
  return { journal: journal ? 'file' : 'memory', lock: lockTable === undefined ? 'user' : 'table' };
}

/** Carries the run, shows it, and writes its result. */
export async function follow(
  io: Io,
  opened: OpenedRun,
  asked: Asked,
  start: (options: WatchedOptions) => Promise<RunResult>,
): Promise<number> {
  return opened.end(await watch(io, opened, asked, start));
}

/** Carries the run, shows it, and lets it be stopped. */
export async function watch<T>(
  io: Io,
  { options, output, display }: Pick<OpenedRun, 'options' | 'output' | 'display'>,
  asked: Asked,
  start: (options: WatchedOptions) => Promise<T>,
): Promise<T> {
  const manners = { hasJournal: options.journal !== false, asks: options.operatorPrompt !== undefined };
  const watched = watchRun(io, display, asked, output, manners);
  const { logger } = options;
  try {
    const words = { ...options, signal: watched.signal, onProgress: watched.onEvent };
    return await keepStack(logger ? { logger } : {}, () => start(words));
  } finally {
    display.clear();
    watched.end();
  }
}
