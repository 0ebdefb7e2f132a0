/** The checks of a store, its keys, and what stands around it where the plan leads. */

import type { Place } from '../../aws/place.ts';
import { createClashesCheck } from '../../checks/clashes.ts';
import { createClusterCheck } from '../../checks/cloudhsm-cluster.ts';
import { createClusterBackupCheck } from '../../checks/cluster-backup.ts';
import { createClusterNetworkCheck } from '../../checks/cluster-network.ts';
import { createEndpointServiceCheck } from '../../checks/endpoint-service.ts';
import { createFenceCheck } from '../../checks/fence.ts';
import { createKeysCheck } from '../../checks/keys.ts';
import type { BuiltInCheck } from '../../checks/rights.ts';
import { warnWithoutOutage } from '../../checks/without-outage.ts';
import { createXksProxyChecks } from '../../checks/xks-proxy/index.ts';
import type { UpdateRequest } from '../../domain/plan.ts';
import { systemClock } from '../../hosts/system-clock.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Secrets } from '../../ports/secrets.ts';
import type { RunOptions } from '../options.ts';
import type { Connection } from './connection.ts';
import { openXksProxy } from './xks-proxy.ts';

export interface AskedByStoreChecks
  extends Pick<Connection, 'kms' | 'keys' | 'metrics' | 'clusters' | 'network' | 'endpointServices'> {
  /** Default: that of this machine. */
  readonly clock?: Clock;
}

export function createStoreChecks(
  request: Pick<UpdateRequest, 'previous'>,
  place: Place,
  { kms, keys, metrics, clusters, network, endpointServices, clock = systemClock }: AskedByStoreChecks,
  secrets: Secrets,
  options: Pick<RunOptions, 'xksProxyConnectTo' | 'trusted'>,
): readonly BuiltInCheck[] {
  const proxy = openXksProxy(options, place.region);
  const checks = [
    createKeysCheck({ keys, metrics, clock }),
    createFenceCheck(keys),
    createClashesCheck(kms),
    createClusterCheck(clusters, clock),
    createClusterNetworkCheck(clusters, network),
    createClusterBackupCheck(clusters, keys.list),
    createEndpointServiceCheck(endpointServices, place),
    ...createXksProxyChecks(request, { proxy, secrets, listKeys: keys.list, clock }),
  ];
  return checks.map((check) => warnWithoutOutage(check));
}
