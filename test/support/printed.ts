/** Keeps what is printed past the streams that a command is handed, in the place of printing it. */
import { vi } from 'vitest';

const printed: string[] = [];

for (const name of ['log', 'info', 'warn', 'error', 'debug'] as const) {
  vi.spyOn(console, name).mockImplementation((...words) => void printed.push(words.join(' ')));
}

for (const stream of [process.stdout, process.stderr]) {
  stream.write = (chunk: string | Uint8Array) => {
    if (chunk.length > 0) printed.push(String(chunk));
    return true;
  };
}

/** What was printed since the last call, in pieces as they were written. */
export const takePrinted = (): readonly string[] => printed.splice(0);

/** What a Lambda function prints: its metrics, a line each, and nothing else. */
export function takeMetrics(): readonly unknown[] {
  const metrics = takePrinted().map((line) => JSON.parse(line));
  for (const one of metrics) if (!('_aws' in one)) throw new Error(`no metrics: ${JSON.stringify(one)}`);
  return metrics;
}
