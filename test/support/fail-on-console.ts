/** Any console call in a test is a bug: the product writes only to the streams it was handed. */
import { afterEach, vi } from 'vitest';

const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
  vi.spyOn(console, name).mockImplementation(() => undefined),
);

afterEach(() => {
  const lines = spies.flatMap((spy) => spy.mock.calls.map((call) => call.join(' ')));
  for (const spy of spies) spy.mockClear();
  if (lines.length > 0) throw new Error(`stray console output: ${lines.join('\n')}`);
});
