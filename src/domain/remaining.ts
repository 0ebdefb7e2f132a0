/** The commands that are left to the operator when a run could not finish. No secret is written into one. */
import { applyChange, type Change, changedNames, secretReference } from './change.ts';
import type { KeyStore } from './key-store.ts';
import type { Outcome, SettingsInForce } from './outcome.ts';
import { describeProperty, optionName } from './properties.ts';

export interface Leftover {
  readonly outcome: Outcome;
  readonly before: KeyStore;
  readonly after: KeyStore;
  readonly settings: SettingsInForce;
  readonly sent: Change;
  readonly wantedState: 'CONNECTED' | 'DISCONNECTED';
  /** What happened does not speak against the settings in force: KMS is slow, or somebody else acts on the store. */
  readonly isNobodysFault: boolean;
}

export function remainingCommands(left: Leftover): readonly string[] {
  if (left.outcome !== 'unsettled' && left.outcome !== 'stranded') return [];
  const look =
    left.isNobodysFault || left.settings === 'unknown' ? [`cks describe ${left.after.customKeyStoreId}`] : [];
  const areSettingsAtFault = left.settings === 'new' && !left.isNobodysFault;
  return [...look, ...(areSettingsAtFault ? [correct(left)] : bringBack(left))];
}

/** Back to CONNECTED, where that was wanted and is not so. */
function bringBack({ after, wantedState }: Leftover): readonly string[] {
  if (wantedState === 'DISCONNECTED' || after.connectionState === 'CONNECTED') return [];
  return [`cks reconnect ${after.customKeyStoreId}`];
}

/** An update that puts in a working value for each property of the change: the old one where Describe showed it. */
function correct({ before, after, sent, wantedState }: Leftover): string {
  const touched = applyChange(before.settings, sent);
  const options = changedNames(sent)
    .filter((name) => secretReference(sent, name) !== undefined || touched[name] !== before.settings[name])
    .map((name) => {
      const { secret, visibleMember } = describeProperty(name);
      const old = before.settings[name] ?? "''";
      if (secret) return `--${optionName(name)} env:NAME`;
      if (visibleMember) return `--${optionName(name)} ${visibleMember}=${old},RawSecretAccessKey=env:NAME`;
      return `--${optionName(name)} ${quote(old)}`;
    });
  // Its old password went with the connect to the new cluster, so somebody has to set one there first.
  if (sent.CloudHsmClusterId && after.connectionState === 'CONNECTED') options.push('--key-store-password env:NAME');
  const finalState = wantedState === 'CONNECTED' ? ' --final-state connected' : '';
  return `cks update ${after.customKeyStoreId} ${options.join(' ')}${finalState}`;
}

function quote(word: string): string {
  return /^[\w:/.'-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
