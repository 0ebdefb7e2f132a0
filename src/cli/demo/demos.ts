/** The three scenes of the demonstration: what is shown, the command that shows it, and how it must end. */
import type { Outcome } from '../../domain/outcome.ts';
import type { Simulator } from '../../simulator/index.ts';

export interface Demo {
  /** Said before. */
  readonly intent: string;
  /** The words of the command, after `cks`. */
  readonly words: readonly string[];
  readonly outcome: Outcome;
  /** Said after; `record` is the simulator's own record of what was called and how long the store was cut off. */
  readonly lesson: (record: string) => string;
}

const credentials = {
  old: { AccessKeyId: 'OLDKEYOLDKEYOLDKEYOL', RawSecretAccessKey: 'oldSecretOldSecretOldSecretOldSecretOldSecr' },
  new: { AccessKeyId: 'NEWKEYNEWKEYNEWKEYNE', RawSecretAccessKey: 'newSecretNewSecretNewSecretNewSecretNewSecr' },
} as const;

/** Environment of the commands: they name the secrets, and the demonstration does not show them. */
export const secrets = {
  OLD_SECRET: credentials.old.RawSecretAccessKey,
  NEW_SECRET: credentials.new.RawSecretAccessKey,
} as const;

export const endpoint = 'https://xks.example.com';

/** Puts two connected stores with keys on the stage and gives the scenes, which build on each other. */
export function stageDemos(simulator: Simulator): readonly Demo[] {
  const [first, related] = simulator.describeWorld().clusters;
  if (!first || !related) throw new Error('a fresh simulator has two related clusters');
  const { old, new: next } = credentials;
  const known = { [old.AccessKeyId]: old.RawSecretAccessKey, [next.AccessKeyId]: next.RawSecretAccessKey };
  simulator.addProxy({ endpoint, credentials: known });
  const payments = simulator.addStore({
    CustomKeyStoreName: 'payments-xks',
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    ConnectionState: 'CONNECTED',
    XksProxyUriEndpoint: endpoint,
    XksProxyAuthenticationCredential: old,
  });
  const ledger = simulator.addStore({
    CustomKeyStoreName: 'ledger-hsm',
    ConnectionState: 'CONNECTED',
    CloudHsmClusterId: first.clusterId,
  });
  const outdated = simulator.addCluster({ restoredFrom: first.clusterId, backup: 'old' });
  for (const name of ['cards', 'refunds']) simulator.addKey(payments, { AliasName: `alias/${name}` });
  for (const name of ['ledger', 'invoices']) simulator.addKey(ledger, { AliasName: `alias/${name}` });
  const move = (cluster: string) => [
    ...['update', 'ledger-hsm', '--cloud-hsm-cluster-id', cluster],
    ...['--accept', 'outage', '--yes'],
  ];
  return [
    {
      intent: 'An external key store gets a new proxy credential while it stays in use.',
      words: [
        ...['update', 'payments-xks', '--xks-proxy-authentication-credential'],
        `AccessKeyId=${next.AccessKeyId},RawSecretAccessKey=env:NEW_SECRET`,
        '--previous-xks-proxy-authentication-credential',
        `AccessKeyId=${old.AccessKeyId},RawSecretAccessKey=env:OLD_SECRET`,
        ...['--bake-time', '5s', '--yes'],
      ],
      outcome: 'updated',
      lesson: (record) =>
        `${record}: the credential was changed live, without an outage, and the keys decrypt what they encrypted before. Some hosts of KMS take five minutes to use it, so key verification is early after five seconds.`,
    },
    {
      intent: 'A CloudHSM key store moves to a related cluster, which KMS allows only offline.',
      words: move(related.clusterId),
      outcome: 'updated',
      lesson: (record) => `${record}: offline no longer than the move needs, and connected again.`,
    },
    {
      intent: 'It moves on to a cluster from an old backup, whose kmsuser password KMS does not know.',
      words: move(outdated),
      outcome: 'rolledBack',
      lesson: (record) => `${record}: one bad login, not five, and the store works with its old cluster again.`,
    },
  ];
}
