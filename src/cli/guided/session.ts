/** The guided session: from questions to the options of a command, which then does what it always does. */
import { outcomes } from '../../domain/outcome.ts';
import type { OptionValues } from '../options/option-values.ts';
import { LeftError } from '../terminal/asking/asking.ts';
import type { Io } from '../terminal/io.ts';
import { watchStops } from '../terminal/stops.ts';
import { act } from './act.ts';
import { openAsk } from './ask.ts';
import { findIntent, type Intent } from './intent.ts';

const leftExitCode = outcomes.cancelled.exitCode;

/** `said`: options that were given already, and are not asked for. Gives the exit code. */
export async function lead(io: Io, said: OptionValues): Promise<number> {
  const intent = await ask(io, said);
  return intent === 'left' ? leftExitCode : act(io, intent);
}

async function ask(io: Io, said: OptionValues): Promise<Intent | 'left'> {
  const stops = watchStops(io, { onFirst: () => undefined, onSecond: () => io.exit(leftExitCode) });
  try {
    return await findIntent(io, await openAsk(io, stops.signal), said);
  } catch (error) {
    if (!(error instanceof LeftError)) throw error;
    io.stderr.write(`cks: ${error.message}\n`);
    // What is still looked up would keep the process waiting.
    if (stops.signal.aborted) io.exit(leftExitCode);
    return 'left';
  } finally {
    stops.end();
  }
}
