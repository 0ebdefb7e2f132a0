/** Asks Secrets Manager, in the Region of the secret. */
import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { type Ask, createAsk, type Neighbourhood, preferNamedEndpoint } from '../kms/neighbour.ts';
import { keepDate } from '../kms/service-date.ts';

const packageName = '@aws-sdk/client-secrets-manager';

/** An ARN tells its Region, which need not be that of the store; a name is looked for where the store is. */
export type AskAbout = (secretId: string) => Ask<SecretsManager>;

export function createAskAbout(neighbourhood: Neighbourhood): AskAbout {
  const asks = new Map<string | undefined, Ask<SecretsManager>>();
  const open = (region: string | undefined) =>
    createAsk(neighbourhood, packageName, async (config) => {
      const { SecretsManager } = await import('@aws-sdk/client-secrets-manager');
      const client = new SecretsManager({
        ...preferNamedEndpoint(config, 'SECRETS_MANAGER'),
        ...(region ? { region } : {}),
      });
      client.middlewareStack.add(...keepDate);
      return client;
    });
  return (secretId) => {
    const region = /^arn:[\w-]+:secretsmanager:([\w-]+):/.exec(secretId)?.[1];
    const ask = asks.get(region) ?? open(region);
    asks.set(region, ask);
    return ask;
  };
}
