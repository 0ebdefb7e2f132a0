/** Asks Secrets Manager, in the Region of the secret. */

import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { readArn } from '../../domain/arn.ts';
import { type Ask, createAsk, type Neighbourhood } from '../service-client.ts';
import { keepDate } from '../service-date.ts';

const service = { packageName: '@aws-sdk/client-secrets-manager', serviceId: 'Secrets Manager' };

/** An ARN tells its Region, which need not be that of the store; a name is looked for where the store is. */
export type AskAbout = (secretId: string) => Ask<SecretsManager>;

export function createAskAbout(neighbourhood: Neighbourhood): AskAbout {
  const asks = new Map<string | undefined, Ask<SecretsManager>>();
  const open = (region: string | undefined) =>
    createAsk(neighbourhood, service, async (config) => {
      const { SecretsManager } = await import('@aws-sdk/client-secrets-manager');
      const client = new SecretsManager({ ...config, ...(region ? { region } : {}) });
      client.middlewareStack.add(...keepDate);
      return client;
    });
  return (secretId) => {
    const region = readArn(secretId)?.region;
    const ask = asks.get(region) ?? open(region);
    asks.set(region, ask);
    return ask;
  };
}
