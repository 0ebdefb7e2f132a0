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

/** On the version that holds the list of leftovers; it is no credential. */
export const leftoversLabel = 'cks-leftovers';

/** On all versions of a secret together. Source: user guide of Secrets Manager, "Quotas". */
export const mostLabels = 20;

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

/**
 * Every label that a rotation from version `currentId` to `token` may attach. `isOld`: KMS uses another version than
 * `currentId`. `mayGoOffline`: the update may cause an outage.
 */
export function labelsOfRotation(
  token: string,
  currentId: string,
  { isOld, mayGoOffline }: { readonly isOld: boolean; readonly mayGoOffline: boolean },
): readonly string[] {
  return [
    ...['AWSCURRENT', 'AWSPENDING', 'AWSPREVIOUS', canariesLabel, leftoversLabel],
    begunLabel(token),
    begunLabel(currentId),
    ...(isOld ? [beforeLabel(token)] : []),
    ...(mayGoOffline ? [outageLabel(token)] : []),
  ];
}

/** Those of its labels that are ours. */
export function findOurs(stages: readonly string[]): readonly string[] {
  return stages.filter((stage) => Object.values(prefixes).some((prefix) => stage.startsWith(prefix)));
}

/** Whether a rotation has marked the version as one that the proxy may accept. */
export function isMarked(stages: readonly string[]): boolean {
  const marks = [prefixes.begun, prefixes.before];
  return stages.some((stage) => marks.some((mark) => stage.startsWith(mark)));
}

/** Marks of rotations that are over, on a version that is still needed. */
export function findOutdated(stages: readonly string[], token: string): readonly string[] {
  return stages.filter((stage) => stage.startsWith(prefixes.before) && stage !== beforeLabel(token));
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
