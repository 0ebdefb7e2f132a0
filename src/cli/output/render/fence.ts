/** What the fence of a run did, key by key where it matters. */
import { formatDuration } from '../../../domain/duration.ts';
import { isLeftDisabled } from '../../../domain/fence.ts';
import type { ReportedKey, RunResult } from '../../../domain/outcome.ts';
import type { Row } from './lines.ts';

export function fenceRows({ fence }: RunResult): Row[] {
  if (fence === undefined) return [];
  const { keys, unfenced, hidden } = fence;
  const of = (state: ReportedKey['state']) => keys.filter((key) => key.state === state);
  const disabled = keys.filter(isLeftDisabled);
  const enabledAgain = of('enabled').filter(({ enabledAt }) => enabledAt !== undefined);
  const lengths = keys.map(({ exposure }) => (exposure ? Date.parse(exposure.until) - Date.parse(exposure.from) : 0));
  const longestMs = Math.max(0, ...lengths);
  const disabledMs = Math.max(0, ...enabledAgain.map(lengthDisabled));
  const longest = disabledMs > 0 ? `; the longest disabled for ${formatDuration(disabledMs)}` : '';
  const exposed = longestMs > 0 ? `; each exposed for at most ${formatDuration(longestMs)} before its canary` : '';
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

function lengthDisabled({ disabledAt, enabledAt }: ReportedKey): number {
  return disabledAt === undefined || enabledAt === undefined ? 0 : Date.parse(enabledAt) - Date.parse(disabledAt);
}

function describe({ keyId, detail }: ReportedKey): string {
  return detail === undefined ? keyId : `${keyId}: ${detail}`;
}
