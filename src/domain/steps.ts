/** The steps of a run, in words for people. */

/** What a run does in a step of this name; `settleStore` is a part of several. */
export const doing: Readonly<Record<string, string>> = {
  describeStore: "reading the store's state",
  awaitWindow: 'waiting for the maintenance window',
  runChecks: 'running the checks',
  prepareKeyVerification: 'encrypting canaries',
  trialConnect: 'connecting a trial store',
  checkRollback: 'checking the old settings',
  armSwitch: "arming the dead man's switch",
  disarmSwitch: "disarming the dead man's switch",
  prepareFence: 'preparing the fence',
  disableKeys: 'disabling keys',
  enableKeys: 'enabling and verifying keys',
  disconnectStore: 'disconnecting',
  updateStore: 'updating the settings',
  restoreStore: 'restoring the old settings',
  connectStore: 'connecting',
  verifyKeys: 'verifying keys',
  hold: 'on hold: waiting for you',
  awaitKms: 'waiting for KMS to be reachable again',
};

/** What a run does in this step, in words. `step`: with or without its number, such as `5.connectStore`. */
export function nameStep(step: string): string {
  const name = step.replace(/^\d+\./, '');
  return name === 'settleStore' ? 'waiting for the store' : (doing[name] ?? name);
}
