/** AWS CloudHSM. Its package is optional, and loaded with the first question. */
import type { CloudHSMV2 } from '@aws-sdk/client-cloudhsm-v2';
import { type Ask, createAsk, type Neighbourhood } from '../service-client.ts';
import { keepBodies } from './all-members.ts';

export type AskCloudHsm = Ask<CloudHSMV2>;

export function createAskCloudHsm(neighbourhood: Neighbourhood): AskCloudHsm {
  return createAsk(
    neighbourhood,
    { packageName: '@aws-sdk/client-cloudhsm-v2', serviceId: 'CloudHSM V2' },
    async (config) => {
      const { CloudHSMV2 } = await import('@aws-sdk/client-cloudhsm-v2');
      const client = new CloudHSMV2(config);
      keepBodies(client);
      return client;
    },
  );
}
