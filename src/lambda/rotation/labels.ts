/**
 * What a rotation remembers between its calls, as staging labels of the secret: nothing else lives as long. A label keeps a
 * version from being forgotten, too: Secrets Manager tells only of versions that have one.
 */
const prefixes = {
  begun: 'cks-begun-',
  before: 'cks-before-',
  outage: 'cks-outage-',
  accepted: 'cks-accepted-',
} as const;

/** On the version that holds the canaries of the latest rotation; it is no credential. */
export const canariesLabel = 'cks-canaries';

/** The proxy may have been told of this version, until its credential is retired there. */
export function begunLabel(versionId: string): string {
  return `${prefixes.begun}${versionId}`;
}

/** KMS used this version before the rotation to `versionId`; where it has no such label, that was AWSCURRENT. */
export function beforeLabel(versionId: string): string {
  return `${prefixes.before}${versionId}`;
}

/** The store may be offline because of the update to this version. */
export function outageLabel(versionId: string): string {
  return `${prefixes.outage}${versionId}`;
}

/** KMS has used this version since then, at the latest: `cks-accepted-20261124T030000.000Z`. */
export function acceptedLabel(atMs: number): string {
  return `${prefixes.accepted}${new Date(atMs).toISOString().replace(/[-:]/g, '')}`;
}

/** Those of its labels that are ours. */
export function findOurs(stages: readonly string[]): readonly string[] {
  return stages.filter((stage) => Object.values(prefixes).some((prefix) => stage.startsWith(prefix)));
}

/** Whether the proxy may take it, and nobody may need that any more once another is AWSCURRENT. */
export function isLeft(stages: readonly string[]): boolean {
  const marks = [prefixes.begun, prefixes.before];
  return stages.some((stage) => stage === 'AWSPREVIOUS' || marks.some((mark) => stage.startsWith(mark)));
}

/** More than one where two calls have told of the same update. */
export function findAccepted(stages: readonly string[]): readonly string[] {
  return stages.filter((stage) => stage.startsWith(prefixes.accepted));
}

/** Since when KMS has used the version, at the latest; null where no label tells. */
export function acceptedAtMs(stages: readonly string[]): number | null {
  const told = findAccepted(stages).map((stage) => readInstant(stage.slice(prefixes.accepted.length)));
  const known = told.filter((atMs) => !Number.isNaN(atMs));
  return known.length === 0 ? null : Math.max(...known);
}

function readInstant(text: string): number {
  return Date.parse(text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)/, '$1-$2-$3T$4:$5:'));
}
