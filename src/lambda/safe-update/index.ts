/**
 * Safe updates on AWS Lambda durable functions: the same machine and steps, kept by the service, for 366 days at most. While
 * the store connects no function runs.
 */
import type { SafeUpdateHandler, SafeUpdateHandlerOptions } from './options.ts';

export type { SafeUpdateEvent } from './event.ts';
export type { SafeUpdateHandler, SafeUpdateHandlerOptions } from './options.ts';

/**
 * Makes the handler of a durable function, `export const handler = createSafeUpdateHandler({ lockTable })`: its input is a
 * {@link SafeUpdateEvent}, its output a run's result. The package `@aws/durable-execution-sdk-js` must be there.
 *
 * Invoke a numbered version or an alias, with a timeout of 5 minutes at least. Where the code has changed under an execution
 * all the same, it takes up what the earlier code has left.
 */
export function createSafeUpdateHandler(options: SafeUpdateHandlerOptions): SafeUpdateHandler {
  // Begun at once, as the time in which a function is made ready costs nothing; a caller that only imports this loads nothing.
  const opened = import('./handler.ts').then(({ openHandler }) => openHandler(options));
  // Told by each call.
  opened.catch(() => undefined);
  return async (event, context) => (await opened)(event, context);
}
