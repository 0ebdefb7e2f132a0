/**
 * How an operator sets the password of kmsuser: in the CloudHSM CLI, as an admin, once for the whole cluster.
 *
 * Sources: the CloudHSM User Guide, cloudhsm_cli-modes, cloudhsm_cli-login, cloudhsm_cli-user-change-password and quorum
 * authentication; the KMS Developer Guide, fix-keystore.
 */

import type { KeyStore } from './key-store.ts';
import type { PropertyName } from './properties.ts';

export const changePassword = 'user change-password --username kmsuser --role crypto-user';

/** What the operator does while a run is on hold as asked for (`holdOffline`). */
export interface OperatorsTask {
  readonly task: string;
  /** To type in this order. The CLI prompts for both passwords, so that none is in a shell history. */
  readonly commands: readonly string[];
  readonly note?: string;
}

/** `changes`: those that are about to be sent; the password is that of the cluster that the store will connect to. */
export function explainTask(
  { customKeyStoreType, settings }: KeyStore,
  changes: readonly { readonly property: PropertyName; readonly to: string | null }[],
): OperatorsTask {
  if (customKeyStoreType !== 'AWS_CLOUDHSM')
    return { task: 'The run waits until you say that your part is done.', commands: [] };
  const moved = changes.find(({ property }) => property === 'CloudHsmClusterId')?.to;
  const clusterId = moved ?? settings.CloudHsmClusterId ?? 'CLUSTER_ID';
  return {
    task: `The run waits for you to set the password of kmsuser in ${clusterId}: KMS is not logged in now. An admin does that with the CloudHSM CLI, once for the whole cluster:`,
    commands: [
      `/opt/cloudhsm/bin/cloudhsm-cli interactive --cluster-id ${clusterId}`,
      'login --username admin --role admin',
      changePassword,
      'quit',
    ],
    note: 'If the cluster requires a quorum for user changes, add --approval FILE to user change-password: the signed token of quorum token-sign generate --service user --token FILE.',
  };
}
