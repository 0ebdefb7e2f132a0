/** What a function says on standard output is its log, in which CloudWatch finds metrics. */
import type { RunMetrics } from '../progress/metrics.ts';

/** Past the console, which Lambda may wrap into JSON of its own. */
export function writeMetrics(metrics: RunMetrics): void {
  process.stdout.write(`${JSON.stringify(metrics)}\n`);
}
