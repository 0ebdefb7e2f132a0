/** Amazon EC2. Its package is optional, and loaded with the first question. */
import type { EC2 } from '@aws-sdk/client-ec2';
import { type Ask, createAsk, type Neighbourhood } from '../service-client.ts';

export type AskEc2 = Ask<EC2>;

export function createAskEc2(neighbourhood: Neighbourhood): AskEc2 {
  return createAsk(neighbourhood, { packageName: '@aws-sdk/client-ec2', serviceId: 'EC2' }, async (config) => {
    const { EC2: Client } = await import('@aws-sdk/client-ec2');
    return new Client(config);
  });
}
