/** The fence as a result shows it: instants in words. */
import { toIso } from './duration.ts';
import type { Fence, FencedKey } from './fence.ts';
import type { ReportedFence, ReportedKey } from './outcome.ts';

export function toReportedFence({
  keys,
  unfenced,
  hidden,
}: Pick<Fence, 'keys' | 'unfenced' | 'hidden'>): ReportedFence {
  return { keys: keys.map(toReportedKey), unfenced, hidden };
}

function toReportedKey({ disabledAtMs, enabledAtMs, triedSinceMs: _, exposure, ...key }: FencedKey): ReportedKey {
  return {
    ...key,
    ...(disabledAtMs === undefined ? {} : { disabledAt: toIso(disabledAtMs) }),
    ...(enabledAtMs === undefined ? {} : { enabledAt: toIso(enabledAtMs) }),
    ...(exposure ? { exposure: { from: toIso(exposure.fromMs), until: toIso(exposure.untilMs) } } : {}),
  };
}
