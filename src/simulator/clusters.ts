/** CloudHSM clusters as KMS meets them: whether they can be used, and kmsuser with its bad logins. Holds no rule about stores. */
import { refuse } from './fault.ts';
import { alphabets, type Random } from './random.ts';
import type { ConnectionErrorCode, clusterStates } from './shapes.ts';

export type ClusterState = (typeof clusterStates)[number];

/** The crypto user as which KMS logs in. */
export interface Kmsuser {
  /** While the cluster follows a backup this is its source's password; after a login or a change it is its own. */
  readonly password: string;
  exists: boolean;
  lockedOut: boolean;
  badLogins: number;
  loggedInElsewhere: boolean;
}

/** Everything but the identity may be changed by a test at any time, as an operator or an accident would. */
export interface Cluster {
  readonly id: string;
  /** Clusters with the same certificate are related: they share a backup history. */
  readonly certificate: string;
  readonly trustAnchorCertificate: string;
  readonly restoredFrom?: string;
  readonly createdAtMs: number;
  /** When the backup was made; undefined: it is the newest one, until KMS logs in here. Keys made later are not in it. */
  backupAtMs: number | undefined;
  state: ClusterState;
  /** Active HSMs. */
  hsms: number;
  hsmType: string;
  mode: 'FIPS' | 'NON_FIPS';
  /** Until when it can be rolled back to the HSM type that it was migrated from; undefined: it was not migrated. */
  hsmTypeRollbackUntilMs: number | undefined;
  /** The zones of its subnets, over which its HSMs are spread; default two. */
  availabilityZones: readonly string[];
  /** Subnets in two Availability Zones, security group as CloudHSM made it. */
  configurationValid: boolean;
  /** Free addresses in the private subnet that has the fewest. */
  freeAddresses: number;
  subnetMissing: boolean;
  /** Others use all PKCS #11 sessions of its HSMs. */
  sessionsExhausted: boolean;
  readonly kmsuser: Kmsuser;
}

export interface ClusterDescription {
  readonly id?: string;
  /** The cluster whose backup this one was made from; it is related to it. */
  readonly restoredFrom?: string;
  /** An `old` backup predates the source's last password rotation: KMS needs another password. */
  readonly backup?: 'newest' | 'old';
  /** When the backup was made; default: it has every key that its source has, until KMS logs in here. */
  readonly backupAtMs?: number;
  readonly kmsuserPassword?: string;
  readonly state?: ClusterState;
  readonly hsms?: number;
  readonly hsmType?: string;
  readonly mode?: Cluster['mode'];
  readonly hsmTypeRollbackUntilMs?: number;
  readonly availabilityZones?: readonly string[];
  readonly configurationValid?: boolean;
  readonly freeAddresses?: number;
  readonly subnetMissing?: boolean;
  readonly sessionsExhausted?: boolean;
  readonly kmsuser?: Partial<Omit<Kmsuser, 'password'>>;
}

/** Sets kmsuser's password; kept apart from Cluster because nothing can do it while KMS is logged in. */
export type SetPassword = (password: string) => void;

const badLoginsUntilLocked = 5;
const generatedPasswordLength = 32;

/** Makes a cluster, healthy where the description says nothing. */
export function createCluster(
  description: ClusterDescription,
  source: Cluster | undefined,
  random: Random,
  region: string,
  nowMs: number,
): { cluster: Cluster; setPassword: SetPassword } {
  const followsBackup =
    source !== undefined && description.backup !== 'old' && description.kmsuserPassword === undefined;
  let own = followsBackup ? undefined : (description.kmsuserPassword ?? generatePassword(random));
  const kmsuser: Kmsuser = {
    exists: true,
    lockedOut: false,
    badLogins: 0,
    loggedInElsewhere: false,
    ...description.kmsuser,
    get password() {
      return own ?? source?.kmsuser.password ?? '';
    },
  };
  const cluster: Cluster = {
    id: description.id ?? `cluster-${random.text(alphabets.clusterId, 11)}`,
    certificate: source?.certificate ?? makePem(random),
    trustAnchorCertificate: source?.trustAnchorCertificate ?? makePem(random),
    ...(source ? { restoredFrom: source.id } : {}),
    createdAtMs: nowMs,
    backupAtMs: description.backupAtMs,
    state: description.state ?? 'ACTIVE',
    hsms: description.hsms ?? 2,
    hsmType: description.hsmType ?? 'hsm2m.medium',
    mode: description.mode ?? 'FIPS',
    hsmTypeRollbackUntilMs: description.hsmTypeRollbackUntilMs,
    availabilityZones: description.availabilityZones ?? [`${region}a`, `${region}b`],
    configurationValid: description.configurationValid ?? true,
    freeAddresses: description.freeAddresses ?? 100,
    subnetMissing: description.subnetMissing ?? false,
    sessionsExhausted: description.sessionsExhausted ?? false,
    kmsuser,
  };
  const setPassword: SetPassword = (password) => {
    own = password;
    kmsuser.lockedOut = false;
    kmsuser.badLogins = 0;
  };
  return { cluster, setPassword };
}

export function generatePassword(random: Random): string {
  return random.text(alphabets.alphanumeric, generatedPasswordLength);
}

/** What Create and Update ask of a cluster. @throws SimulatorFault */
export function requireUsableCluster(cluster: Cluster | undefined, id: string): Cluster {
  if (!cluster || cluster.state === 'DELETED') {
    return refuse('CloudHsmClusterNotFoundException', `KMS cannot find the CloudHSM cluster ${id}`);
  }
  requireConnectableCluster(cluster, 2);
  return cluster;
}

/** What Connect asks of a cluster before it is accepted. @throws SimulatorFault */
export function requireConnectableCluster(cluster: Cluster, leastHsms: number): void {
  if (cluster.state !== 'ACTIVE') refuse('CloudHsmClusterNotActiveException', `Cluster ${cluster.id} is not active`);
  if (!cluster.configurationValid) {
    const message = `The subnets or the security group of cluster ${cluster.id} do not meet the requirements`;
    refuse('CloudHsmClusterInvalidConfigurationException', message);
  }
  if (new Set(cluster.availabilityZones).size < leastHsms) {
    const message = `The HSMs of cluster ${cluster.id} are not in ${leastHsms} Availability Zones`;
    refuse('CloudHsmClusterInvalidConfigurationException', message);
  }
  if (cluster.hsms < leastHsms) {
    const message = `Cluster ${cluster.id} has ${cluster.hsms} active HSMs, and ${leastHsms} are needed`;
    refuse('CloudHsmClusterInvalidConfigurationException', message);
  }
}

/** What CreateKey asks of the cluster of a CONNECTED store; it declares one error for all of it. @throws SimulatorFault */
export function requireClusterForKeys(cluster: Cluster | undefined, id: string): void {
  if (cluster && cluster.state === 'ACTIVE' && cluster.configurationValid && cluster.hsms >= 2) return;
  const message = `Cluster ${id} must be active, with two active HSMs in different Availability Zones`;
  refuse('CloudHsmClusterInvalidConfigurationException', message);
}

const servingStates: readonly ClusterState[] = [
  'ACTIVE',
  'UPDATE_IN_PROGRESS',
  'MODIFY_IN_PROGRESS',
  'ROLLBACK_IN_PROGRESS',
  'DEGRADED',
];

/** Whether the keys in it can be used by a user who is logged in. */
export function isServing({ state, hsms }: Cluster): boolean {
  return servingStates.includes(state) && hsms > 0;
}

/**
 * What KMS needs for one use of the cluster. Source: developer guide, throttling and fix-keystore; the words are ours.
 * @throws SimulatorFault KMSInternalException, KMSInvalidStateException
 */
export function requireSession({ kmsuser, sessionsExhausted }: Cluster): void {
  if (kmsuser.lockedOut)
    refuse(
      'KMSInvalidStateException',
      'KMS cannot use your CloudHSM cluster because the kmsuser account is locked out. Disconnect the custom key store and change the password of kmsuser.',
    );
  if (sessionsExhausted)
    refuse(
      'KMSInternalException',
      'KMS could not process the request because there are no available PKCS #11 sessions for your CloudHSM cluster. Retry your request.',
    );
}

/** Whether key material that was made in a cluster of the same backup history is in this one too. */
export function holdsKey(
  clusters: ReadonlyMap<string, Cluster>,
  { id, restoredFrom, backupAtMs = Number.POSITIVE_INFINITY }: Cluster,
  madeIn: string,
  madeAtMs: number,
): boolean {
  if (id === madeIn) return true;
  const source = restoredFrom === undefined ? undefined : clusters.get(restoredFrom);
  return source !== undefined && madeAtMs <= backupAtMs && holdsKey(clusters, source, madeIn, madeAtMs);
}

/** Logs in as kmsuser, as the end of a Connect does: undefined when it worked. A wrong password counts. */
export function logIn(cluster: Cluster | undefined, password: string): ConnectionErrorCode | undefined {
  if (!cluster || cluster.state === 'DELETED') return 'CLUSTER_NOT_FOUND';
  if (cluster.state !== 'ACTIVE' || !cluster.configurationValid) return 'NETWORK_ERRORS';
  if (cluster.hsms < 1) return 'INSUFFICIENT_CLOUDHSM_HSMS';
  if (cluster.subnetMissing) return 'SUBNET_NOT_FOUND';
  if (cluster.freeAddresses < 1) return 'INSUFFICIENT_FREE_ADDRESSES_IN_SUBNET';
  if (!cluster.kmsuser.exists) return 'USER_NOT_FOUND';
  if (cluster.kmsuser.lockedOut) return 'USER_LOCKED_OUT';
  if (cluster.kmsuser.loggedInElsewhere) return 'USER_LOGGED_IN';
  if (cluster.kmsuser.password === password) return undefined;
  countBadLogin(cluster);
  return 'INVALID_CREDENTIALS';
}

export function countBadLogin(cluster: Cluster): void {
  cluster.kmsuser.badLogins += 1;
  if (cluster.kmsuser.badLogins >= badLoginsUntilLocked) cluster.kmsuser.lockedOut = true;
}

function makePem(random: Random): string {
  const lines = Array.from({ length: 4 }, () => random.text(alphabets.base64, 64));
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
