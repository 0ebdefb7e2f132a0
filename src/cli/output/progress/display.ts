/** Where a run's progress is shown. On a terminal one line is rewritten in place below the lines that stay. */

import { formatElapsed } from '../../../domain/duration.ts';
import { toJson } from '../../../domain/printable.ts';
import type { ProgressEvent } from '../../../ports/progress.ts';
import type { Page } from '../../terminal/io.ts';
import { toOneLine, wrap } from '../render/lines.ts';
import { createWording } from './words.ts';

export interface Display {
  onEvent(event: ProgressEvent): void;
  /** Shows a line of the command's own. */
  say(line: string): void;
  /** Takes the live line away; it comes back with the next event. */
  clear(): void;
}

/** Without a terminal a line says that often that the run is alive. */
const heartbeatMs = 60_000;

/** To the beginning of the line, and nothing on it. */
const emptyLine = '\r\u001b[2K';

/** One event a line, as it is. */
export function createJsonDisplay(out: Page): Display {
  return {
    onEvent: (event) => out.write(`${toJson(event)}\n`),
    // The event stream says it already.
    say: () => undefined,
    clear: () => undefined,
  };
}

/** Nothing of the run, only what the command itself has to say. */
export function createSilentDisplay(out: Page): Display {
  return { onEvent: () => undefined, say: (line) => out.write(`${line}\n`), clear: () => undefined };
}

/**
 * Lines when something changes, and the live line that ticks, on a terminal that can rewrite it. `cursor`: that terminal,
 * for what is no text. `now` gives milliseconds.
 */
export function createTextDisplay(out: Page, cursor?: Pick<Page, 'write'>, now: () => number = Date.now): Display {
  const word = createWording();
  const startedAtMs = now();
  let doing = '';
  let sinceMs = startedAtMs;
  let ticker: NodeJS.Timeout | undefined;
  let isQuiet = false;

  const stamp = () => formatElapsed(now() - startedAtMs);
  const write = (text: string) => {
    cursor?.write(emptyLine);
    out.write(`${out.isTTY ? wrap(text, `${stamp()}  `) : `${stamp()}  ${toOneLine(text)}`}\n`);
  };

  function draw(): void {
    const line = `${stamp()}  ${doing}… ${formatElapsed(now() - sinceMs)}`;
    // A line that wraps could not be rewritten in place; a terminal that does not know its width says 0.
    cursor?.write(emptyLine);
    out.write(line.slice(0, (out.columns || 80) - 1));
  }

  function clear(): void {
    clearInterval(ticker);
    ticker = undefined;
    cursor?.write(emptyLine);
  }

  function beat(): void {
    write(`still ${doing}, for ${formatElapsed(now() - sinceMs)}`);
  }

  function tick(): void {
    if (doing === '') return;
    if (cursor) draw();
    ticker ??= cursor ? setInterval(draw, 1_000).unref() : setInterval(beat, heartbeatMs).unref();
  }

  return {
    onEvent(event) {
      const told = word(event);
      if (told.line !== undefined) write(told.line);
      if (told.now !== undefined && told.now !== doing) {
        doing = told.now;
        sinceMs = now();
      }
      // While a question is asked the terminal belongs to it.
      if ('step' in event && (event.step === 'approve' || event.step === 'hold'))
        isQuiet = event.type === 'step.started';
      if (isQuiet || event.type === 'run.finished') clear();
      else tick();
    },
    say(line) {
      write(line);
      if (ticker && cursor) draw();
    },
    clear,
  };
}
