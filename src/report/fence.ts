/** The fence of a run: from its result, or from what it last recorded. */
import type { JournalLine } from '../disk/journal/format.ts';
import { members } from '../disk/journal/members.ts';
import { msBetween } from '../domain/duration.ts';
import type { FencedKeyState, FenceEvidence } from '../domain/fence.ts';
import type { ReportedFence, ReportedKey } from '../domain/outcome.ts';
import { isFence } from '../domain/parse-resume-state.ts';
import { toReportedFence } from '../domain/reported-fence.ts';
import { formatLength, formatTime } from './words.ts';

/** Null: the run recorded none. */
export function findFence(lines: readonly JournalLine[]): ReportedFence | null {
  const recorded = lines
    .flatMap((line) => {
      const { input, sending, value } = members(line);
      return [members(input).resumedFrom, members(sending).resume, value].map((holder) => members(holder).fence);
    })
    .findLast(isFence);
  return recorded === undefined ? null : toReportedFence(recorded);
}

export const fenceColumns = ['Key', 'Now', 'Disabled', 'Enabled', 'Evidence', 'Exposed for', ''] as const;

const stateWords: Readonly<Record<FencedKeyState, string>> = {
  enabled: 'enabled',
  disabled: 'DISABLED',
  withheld: 'DISABLED: different keys',
  left: 'disabled by another principal',
};

const evidenceWords: Readonly<Record<FenceEvidence, string>> = {
  proxy: 'both proxies decrypt for each other',
  'canary key': 'the canary key of the store',
  canary: 'its own canary',
  none: 'none',
};

/** A row for each key, and one for each that has no fence. */
export function listFencedKeys({ keys, unfenced, hidden }: ReportedFence): readonly (readonly string[])[] {
  const without = (keyId: string, detail: string) => [keyId, 'not fenced', '', '', '', '', detail];
  return [
    ...keys.map(describeKey),
    ...unfenced.map(({ keyId, why }) => without(keyId, why)),
    ...(hidden > 0 ? [without(`${hidden} keys of the account`, 'cks could not describe them')] : []),
  ];
}

function describeKey({ keyId, state, disabledAt, enabledAt, evidence, exposure, detail = '' }: ReportedKey) {
  return [
    keyId,
    stateWords[state] ?? state,
    disabledAt === undefined ? '' : formatTime(disabledAt),
    enabledAt === undefined ? '' : formatTime(enabledAt),
    evidence === undefined ? '' : (evidenceWords[evidence] ?? evidence),
    exposure ? formatLength(msBetween(exposure.from, exposure.until)) : '',
    detail,
  ];
}
