/** The name of a run. */
import { randomBytes } from 'node:crypto';

/** Sorts by time, and is short enough to be typed: `20261124-030000-4f2a`. */
export function createRunId(now: Date): string {
  const [day = '', time = ''] = now.toISOString().split('T');
  return `${day.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${randomBytes(2).toString('hex')}`;
}
