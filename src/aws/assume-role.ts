/** Credentials of another account: those at hand take on a role there, anew whenever they are about to expire. */

import type { STSClientConfig } from '@aws-sdk/client-sts';
import { readArn } from '../domain/arn.ts';
import { type ClockOffset, shareClock } from './clock-offset.ts';
import { type EndpointTerms, findServiceEndpoint } from './endpoints.ts';
import { stsRequestHandler } from './place.ts';
import { retry } from './retry.ts';

export interface AssumedRole {
  readonly roleArn: string;
  readonly externalId?: string;
  /** Shown in CloudTrail beside the role. */
  readonly sessionName: string;
}

interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
  readonly accountId?: string;
}

/** `endpoint`: of KMS, where it is not AWS's own; a simulator is asked for the role too. */
export function assumeRole(
  { roleArn, externalId, sessionName }: AssumedRole,
  {
    region,
    credentials,
    ...terms
  }: EndpointTerms & { readonly region?: string; readonly credentials?: NonNullable<STSClientConfig['credentials']> },
  clock: ClockOffset,
): () => Promise<Credentials> {
  return async () => {
    const { AssumeRoleCommand, STSClient } = await import('@aws-sdk/client-sts');
    const endpoint = await findServiceEndpoint('STS', terms);
    const sts = new STSClient({
      maxAttempts: 1,
      requestHandler: stsRequestHandler,
      ...(region ? { region } : {}),
      ...(credentials ? { credentials } : {}),
      ...(endpoint ? { endpoint } : {}),
    });
    shareClock(sts.config, clock);
    const request = {
      RoleArn: roleArn,
      RoleSessionName: sessionName,
      ...(externalId === undefined ? {} : { ExternalId: externalId }),
    };
    const { Credentials: given } = await retry('neighbour', () => sts.send(new AssumeRoleCommand(request)));
    const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken, Expiration } = given ?? {};
    if (!accessKeyId || !secretAccessKey) throw new Error(`STS gave no credentials for ${roleArn}`);
    const accountId = readArn(roleArn)?.account;
    return {
      accessKeyId,
      secretAccessKey,
      ...(SessionToken ? { sessionToken: SessionToken } : {}),
      ...(Expiration ? { expiration: Expiration } : {}),
      ...(accountId ? { accountId } : {}),
    };
  };
}
