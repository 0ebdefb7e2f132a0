import { describe, expect, test } from 'vitest';
import type { Cluster } from '../../src/simulator/index.ts';
import { connectMs, setStage } from './stage.ts';

/** A store on the first cluster, DISCONNECTED. */
function setClusterStage() {
  const stage = setStage();
  const id = stage.simulator.addStore({ CloudHsmClusterId: stage.clusters.first });
  return {
    ...stage,
    id,
    cluster: (name: keyof typeof stage.clusters) => stage.simulator.cluster(stage.clusters[name]),
  };
}

describe('connecting to a cluster', () => {
  test('gives kmsuser a password that only KMS knows', () => {
    const stage = setClusterStage();
    const before = stage.cluster('first').kmsuser.password;
    stage.connectAndWait(stage.id);

    expect(stage.cluster('first').kmsuser.password).not.toBe(before);
    stage.disconnectAndWait(stage.id);
    expect(stage.connectAndWait(stage.id)).toBe('CONNECTED');
  });

  test('keeps kmsuser logged in until DISCONNECTED', () => {
    const stage = setClusterStage();
    const set = () => stage.simulator.setKmsuserPassword(stage.clusters.first, 'Changed123');
    stage.connectAndWait(stage.id);
    expect(set).toThrow('logged in');

    stage.disconnect(stage.id);
    expect(set).toThrow('logged in');

    stage.wait(connectMs);
    expect(set).not.toThrow();
    expect(stage.connectAndWait(stage.id)).toBe('INVALID_CREDENTIALS');
    expect(set).not.toThrow();
  });

  test('is the only way for KMS to be logged in', () => {
    const stage = setClusterStage();
    const set = (id = stage.clusters.first) => stage.simulator.setKmsuserPassword(id, 'Changed123');
    stage.simulator.failNextConnect(stage.id, 'NETWORK_ERRORS');
    stage.connectAndWait(stage.id);
    expect(set).not.toThrow();
    stage.disconnect(stage.id);
    expect(set).not.toThrow();

    stage.simulator.addStore({ CloudHsmClusterId: stage.clusters.unrelated, ConnectionState: 'DISCONNECTING' });
    expect(() => set(stage.clusters.unrelated)).toThrow('logged in');
  });

  test('works again once KMS was told the password that kmsuser has', () => {
    const stage = setClusterStage();
    stage.simulator.setKmsuserPassword(stage.clusters.first, 'Changed123');

    expect(stage.update(stage.id, { KeyStorePassword: 'Changed123' })).toBe('ok');
    expect(stage.connectAndWait(stage.id)).toBe('CONNECTED');
  });

  test('locks kmsuser with the fifth wrong password, until an officer changes it', () => {
    const stage = setClusterStage();
    stage.update(stage.id, { KeyStorePassword: 'Wrong123' });
    const tries = (times: number) =>
      Array.from({ length: times }, () => {
        const end = stage.connectAndWait(stage.id);
        stage.disconnectAndWait(stage.id);
        return end;
      });

    expect(tries(4)).toEqual(Array(4).fill('INVALID_CREDENTIALS'));
    expect(stage.cluster('first').kmsuser).toMatchObject({ badLogins: 4, lockedOut: false });
    expect(tries(2)).toEqual(['INVALID_CREDENTIALS', 'USER_LOCKED_OUT']);

    stage.simulator.setKmsuserPassword(stage.clusters.first, 'Wrong123');
    expect(tries(1)).toEqual(['CONNECTED']);
    expect(stage.cluster('first').kmsuser.badLogins).toBe(0);
  });

  test('forgets bad logins after a good one', () => {
    const stage = setClusterStage();
    stage.simulator.failNextConnect(stage.id, 'INVALID_CREDENTIALS');
    stage.connectAndWait(stage.id);
    expect(stage.cluster('first').kmsuser.badLogins).toBe(1);

    stage.disconnectAndWait(stage.id);
    stage.connectAndWait(stage.id);
    expect(stage.cluster('first').kmsuser.badLogins).toBe(0);
  });

  test.each<[string, string, (cluster: Cluster) => void]>([
    ['no HSM is active', 'INSUFFICIENT_CLOUDHSM_HSMS', (cluster) => Object.assign(cluster, { hsms: 0 })],
    ['a subnet is gone', 'SUBNET_NOT_FOUND', (cluster) => Object.assign(cluster, { subnetMissing: true })],
    [
      'no address is free',
      'INSUFFICIENT_FREE_ADDRESSES_IN_SUBNET',
      (cluster) => Object.assign(cluster, { freeAddresses: 0 }),
    ],
    ['kmsuser is missing', 'USER_NOT_FOUND', ({ kmsuser }) => Object.assign(kmsuser, { exists: false })],
    [
      'kmsuser is logged in elsewhere',
      'USER_LOGGED_IN',
      ({ kmsuser }) => Object.assign(kmsuser, { loggedInElsewhere: true }),
    ],
    ['the cluster was deleted', 'CLUSTER_NOT_FOUND', (cluster) => Object.assign(cluster, { state: 'DELETED' })],
  ])('fails without a login when %s', (_what, code, spoil) => {
    const stage = setClusterStage();
    spoil(stage.cluster('first'));

    expect(stage.connectAndWait(stage.id)).toBe(code);
    expect(stage.cluster('first').kmsuser.badLogins).toBe(0);
  });

  test('needs one HSM alone', () => {
    const stage = setClusterStage();
    stage.cluster('first').hsms = 1;

    expect(stage.connectAndWait(stage.id)).toBe('CONNECTED');
  });

  test('is refused at once by a cluster that is not active or not configured, and stays DISCONNECTED', () => {
    const stage = setClusterStage();
    stage.cluster('first').state = 'DEGRADED';
    expect(stage.connect(stage.id)).toBe('CloudHsmClusterNotActiveException');

    Object.assign(stage.cluster('first'), { state: 'ACTIVE', configurationValid: false });
    expect(stage.connect(stage.id)).toBe('CloudHsmClusterInvalidConfigurationException');
    expect(stage.simulator.store(stage.id).ConnectionState).toBe('DISCONNECTED');
  });

  test('fails when the cluster breaks on the way', () => {
    const stage = setClusterStage();
    stage.connect(stage.id);
    stage.cluster('first').state = 'DEGRADED';
    stage.wait(connectMs);

    expect(stage.simulator.store(stage.id).ConnectionErrorCode).toBe('NETWORK_ERRORS');
  });
});

describe('moving a store to another cluster', () => {
  test("works with a restored cluster, whose kmsuser has the password of the source's newest backup", () => {
    const stage = setClusterStage();
    stage.connectAndWait(stage.id);
    stage.disconnectAndWait(stage.id);

    expect(stage.update(stage.id, { CloudHsmClusterId: stage.clusters.restored })).toBe('ok');
    expect(stage.connectAndWait(stage.id)).toBe('CONNECTED');
    expect(stage.simulator.store(stage.id).CloudHsmClusterId).toBe(stage.clusters.restored);
  });

  test('has no way back without a new password once it has connected', () => {
    const stage = setClusterStage();
    stage.update(stage.id, { CloudHsmClusterId: stage.clusters.restored });
    stage.connectAndWait(stage.id);
    stage.disconnectAndWait(stage.id);
    stage.update(stage.id, { CloudHsmClusterId: stage.clusters.first });

    expect(stage.connectAndWait(stage.id)).toBe('INVALID_CREDENTIALS');
  });

  test('has a way back as long as the new cluster never connected', () => {
    const stage = setClusterStage();
    stage.update(stage.id, { CloudHsmClusterId: stage.clusters.restored });
    stage.cluster('restored').hsms = 0;
    expect(stage.connectAndWait(stage.id)).toBe('INSUFFICIENT_CLOUDHSM_HSMS');

    stage.disconnectAndWait(stage.id);
    stage.update(stage.id, { CloudHsmClusterId: stage.clusters.first });
    expect(stage.connectAndWait(stage.id)).toBe('CONNECTED');
  });

  test('needs a new password where the backup is old', () => {
    const stage = setClusterStage();
    const old = stage.simulator.addCluster({
      restoredFrom: stage.clusters.first,
      backup: 'old',
      kmsuserPassword: 'Old12345',
    });
    stage.update(stage.id, { CloudHsmClusterId: old });
    expect(stage.connectAndWait(stage.id)).toBe('INVALID_CREDENTIALS');

    stage.disconnectAndWait(stage.id);
    stage.update(stage.id, { KeyStorePassword: 'Old12345' });
    expect(stage.connectAndWait(stage.id)).toBe('CONNECTED');
  });

  test('finds another password in an old backup, whether or not it was named', () => {
    const stage = setClusterStage();
    const old = stage.simulator.addCluster({ restoredFrom: stage.clusters.first, backup: 'old' });

    expect(stage.simulator.cluster(old).kmsuser.password).not.toBe(stage.cluster('first').kmsuser.password);
  });

  test('needs a new password where it was changed by hand after the restore', () => {
    const stage = setClusterStage();
    stage.simulator.setKmsuserPassword(stage.clusters.restored, 'Changed123');
    stage.connectAndWait(stage.id);

    expect(stage.cluster('restored').kmsuser.password).toBe('Changed123');
  });

  test.each<[string, string, (cluster: Cluster) => void]>([
    ['has one HSM', 'CloudHsmClusterInvalidConfigurationException', (cluster) => Object.assign(cluster, { hsms: 1 })],
    [
      'is badly configured',
      'CloudHsmClusterInvalidConfigurationException',
      (cluster) => Object.assign(cluster, { configurationValid: false }),
    ],
    [
      'is not active',
      'CloudHsmClusterNotActiveException',
      (cluster) => Object.assign(cluster, { state: 'UNINITIALIZED' }),
    ],
    ['was deleted', 'CloudHsmClusterNotFoundException', (cluster) => Object.assign(cluster, { state: 'DELETED' })],
  ])('is refused when that one %s', (_what, refusal, spoil) => {
    const stage = setClusterStage();
    spoil(stage.cluster('restored'));

    expect(stage.update(stage.id, { CloudHsmClusterId: stage.clusters.restored })).toBe(refusal);
    expect(stage.simulator.store(stage.id).CloudHsmClusterId).toBe(stage.clusters.first);
  });

  test('is refused when the clusters are not related, or there is none', () => {
    const stage = setClusterStage();

    expect(stage.update(stage.id, { CloudHsmClusterId: stage.clusters.unrelated })).toBe(
      'CloudHsmClusterNotRelatedException',
    );
    expect(stage.update(stage.id, { CloudHsmClusterId: 'cluster-aaaaaaaaaaa' })).toBe(
      'CloudHsmClusterNotFoundException',
    );
  });

  test('takes the cluster that the store has already', () => {
    const stage = setClusterStage();

    expect(stage.update(stage.id, { CloudHsmClusterId: stage.clusters.first })).toBe('ok');
  });
});
