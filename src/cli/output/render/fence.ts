/** What the fence of a run did, key by key where it matters. */
import { formatDuration, msBetween } from '../../../domain/duration.ts';
import { isLeftDisabled } from '../../../domain/fence.ts';
import type { ReportedKey, RunResult } from '../../../domain/outcome.ts';
import type { Row } from './lines.ts';

export function fenceRows({ fence }: RunResult): Row[] {
  if (fence === undefined) return [];
  const { keys, unfenced, hidden } = fence;
  const of = (state: ReportedKey['state']) => keys.filter((key) => key.state === state);
  const disabled = keys.filter(isLeftDisabled);
  const enabledAgain = of('enabled').filter(({ enabledAt }) => enabledAt !== undefined);
  const exposures = keys.flatMap(({ exposure }) => (exposure ? [msBetween(exposure.from, exposure.until)] : []));
  const disabledMs = Math.max(0, ...enabledAgain.map(lengthDisabled));
  const longest = disabledMs > 0 ? `; the longest disabled for ${formatDuration(disabledMs)}` : '';
  const exposed = exposures.length > 0 ? `; ${describeExposures(exposures)}` : '';
  const rows: Row[] = [
    { label: 'Fence', text: `${enabledAgain.length} of ${keys.length} keys enabled again${longest}${exposed}` },
    ...disabled.map((key): Row => ({ mark: '✗', label: 'Disabled', text: describe(key) })),
    ...of('left').map((key): Row => ({ mark: '!', label: 'Left disabled', text: describe(key) })),
    ...enabledAgain
      .filter(({ detail }) => detail !== undefined)
      .map((key): Row => ({ mark: '!', label: 'Enabled', text: describe(key) })),
    ...unfenced.map(({ keyId, why }): Row => ({ mark: '!', label: 'Not fenced', text: `${keyId}: ${why}` })),
  ];
  if (hidden === 0) return rows;
  const text = `${hidden} keys of the account could not be described; those in the store had no fence`;
  return [...rows, { mark: '!', label: 'Not fenced', text }];
}

/** Of each key in milliseconds; in whole seconds, of which no part is left out. */
function describeExposures(lengthsMs: readonly number[]): string {
  const longest = formatDuration(Math.ceil(Math.max(1, ...lengthsMs) / 1_000) * 1_000);
  return lengthsMs.length === 1
    ? `1 key exposed for ${longest} at most`
    : `${lengthsMs.length} keys exposed, each for ${longest} at most`;
}

function lengthDisabled({ disabledAt, enabledAt }: ReportedKey): number {
  return disabledAt === undefined || enabledAt === undefined ? 0 : msBetween(disabledAt, enabledAt);
}

function describe({ keyId, detail }: ReportedKey): string {
  return detail === undefined ? keyId : `${keyId}: ${detail}`;
}
