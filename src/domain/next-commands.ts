/** The commands that are left to the operator when a run could not finish. No secret is written into one. */

import { type Change, changedNames, secretReference } from './change.ts';
import type { KeyStore, Settings } from './key-store.ts';
import type { Outcome, RunResult, SettingsInForce } from './outcome.ts';
import { describeProperty, optionName, type PropertyName } from './properties.ts';
import { namesToRestore, oldValue } from './restorability.ts';
import { quoteForShell } from './shell.ts';

export interface Leftover {
  readonly outcome: Outcome;
  readonly before: KeyStore;
  readonly after: KeyStore;
  readonly settings: SettingsInForce;
  readonly sent: Change;
  readonly wantedState: 'CONNECTED' | 'DISCONNECTED';
  /** What happened does not speak against the settings in force: KMS is slow, or someone else acts on the store. */
  readonly isExternalCause: boolean;
  /** Properties with new values that the rollback could not restore. */
  readonly unrestored: readonly PropertyName[];
  /** One more Connect of a CloudHSM key store has to be allowed by name. */
  readonly needsLogin: boolean;
}

export function findNextCommands(left: Leftover): readonly string[] {
  if (left.outcome !== 'unsettled' && left.outcome !== 'stranded') return [];
  const mustLook = left.isExternalCause || left.settings === 'unknown' || left.outcome === 'unsettled';
  const observe = mustLook ? [`cks describe ${left.after.customKeyStoreId}`] : [];
  const couldBeAtFault = changedNames(left.sent).some((name) => describeProperty(name).connects);
  const areSettingsAtFault = left.settings === 'new' && couldBeAtFault && !left.isExternalCause;
  const areUnrestored = left.settings === 'new' && left.unrestored.length > 0;
  // Describe does not show which secret is in force, so it is sent again.
  const isSecretUnknown =
    left.settings === 'unknown' &&
    changedNames(left.sent).some((name) => secretReference(left.sent, name) !== undefined);
  const mustCorrect = areSettingsAtFault || areUnrestored || isSecretUnknown;
  return [...observe, ...(mustCorrect ? [correct(left)] : bringBack(left))];
}

/**
 * The result without the keys that a run at work has disabled, and without the commands that enable them. That run enables
 * them itself, after it has tested each.
 */
export function leaveKeysToRunAtWork(result: RunResult): RunResult {
  if (result.outcome !== 'refused' || result.reason?.code !== 'LOCKED') return result;
  const { fence: _, nextCommands = [], ...others } = result;
  const commands = nextCommands.filter((command) => !command.startsWith('aws kms enable-key '));
  return { ...others, ...(commands.length > 0 ? { nextCommands: commands } : {}) };
}

/** Back to CONNECTED, where that was wanted, or was so and the run was on its way back to it, and is not so. */
function bringBack(left: Leftover): readonly string[] {
  const { outcome, before, after, settings, wantedState } = left;
  const wasToReturn = settings === 'old' && before.connectionState === 'CONNECTED';
  const isWanted = wantedState === 'CONNECTED' || wasToReturn;
  // One that is still shown CONNECTED at the deadline is on its way offline.
  if (!isWanted || (after.connectionState === 'CONNECTED' && outcome !== 'unsettled')) return [];
  return [`cks reconnect ${after.customKeyStoreId}${acceptLogin(left)}`];
}

/** An update that puts in a working value for each property of the change: the old one where Describe showed it. */
function correct(left: Leftover): string {
  const { before, after, sent, wantedState } = left;
  const names = new Set(namesToRestore(before.settings, sent));
  // Its old password went with the connect to the new cluster, so an operator has to set one there first.
  if (sent.CloudHsmClusterId && after.connectionState === 'CONNECTED') names.add('KeyStorePassword');
  const options = [...names].flatMap((name) => writeOption(name, before.settings));
  const finalState = wantedState === 'CONNECTED' ? ' --final-state connected' : '';
  // Another cluster or password has a count of its own.
  const isOtherLogin = names.has('CloudHsmClusterId') || names.has('KeyStorePassword');
  return `cks update ${after.customKeyStoreId} ${options.join(' ')}${finalState}${isOtherLogin ? '' : acceptLogin(left)}`;
}

/** Without it the command would be refused. */
const acceptLogin = ({ needsLogin }: Leftover) => (needsLogin ? ' --accept login' : '');

/** None where there is no old value to write: it goes by itself. */
function writeOption(name: PropertyName, before: Settings): readonly string[] {
  const { secret, secretMember, visibleMember } = describeProperty(name);
  const option = `--${optionName(name)}`;
  if (secret) return [`${option} env:NAME`];
  const old = oldValue(name, before);
  if (secretMember) return [`${option} ${visibleMember}=${old ?? 'ID'},${secretMember.name}=env:NAME`];
  return old === undefined ? [] : [`${option} ${quoteForShell(old)}`];
}
