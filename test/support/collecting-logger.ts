/** A logger of the caller's own: it hides nothing, and keeps all that it gets. */
import { inspect } from 'node:util';
import type { Logger } from 'pino';

export function createCollectingLogger(lines: unknown[]): Logger {
  const write = (...words: unknown[]) => void lines.push(inspect(words, { depth: 20 }));
  const logger = { trace: write, debug: write, info: write, warn: write, error: write, fatal: write };
  return Object.assign(logger, { child: () => logger }) as unknown as Logger;
}
