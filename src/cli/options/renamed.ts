/** Names of earlier versions, and what they are called now. */
export const renamedOptions: Readonly<Record<string, string>> = {
  '--path': '--mode',
  '--connect-deadline': '--max-connect-wait',
  '--disconnect-deadline': '--max-disconnect-wait',
  '--proof-dwell': '--bake-time',
  '--rehearse': '--trial-connect',
  '--require-proof': '--require-key-verification',
  '--prune': 'cks runs prune --older-than',
};

/** Words that options take. */
export const renamedWords: Readonly<Record<string, string>> = {
  'unproven-keys': 'unverified-keys',
  'short-credentials': 'expiring-credentials',
  'self-harm': 'self-dependency',
  proof: 'key-verification',
};

/** Whether a risk names a check by its earlier name. */
export function isRenamed(risk: string): boolean {
  return Object.hasOwn(renamedWords, risk.replace(/^unknown:/, ''));
}
