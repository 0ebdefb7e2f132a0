/** The least that a rotation function must be allowed, as an IAM policy. */
import { type IamPolicy, makeIamPolicy, type PolicyOptions } from '../../checks/iam-policy.ts';

export interface RotationPolicyOptions
  extends Pick<PolicyOptions, 'account' | 'region' | 'without' | 'lockTable' | 'lambdaFunction' | 'notify'> {
  /** ARNs of the secrets that it rotates. */
  readonly secrets: readonly string[];
  /** Where `accept` has `outage`: the store may be disconnected and connected. */
  readonly mayGoOffline?: boolean;
  /** ARNs of the KMS keys that the secrets are encrypted with, where these are keys of your own. */
  readonly secretKeys?: readonly string[];
}

const secretActions = [
  'secretsmanager:DescribeSecret',
  'secretsmanager:GetSecretValue',
  'secretsmanager:PutSecretValue',
  'secretsmanager:UpdateSecretVersionStage',
];

const outageActions: readonly string[] = ['kms:ConnectCustomKeyStore', 'kms:DisconnectCustomKeyStore'];

/** Logs (AWSLambdaBasicExecutionRole), and a way to the proxy and its administration, come beside it. */
export function makeRotationPolicy(options: RotationPolicyOptions): IamPolicy {
  const { secrets, secretKeys = [], mayGoOffline = false, ...place } = options;
  const { Version, Statement } = makeIamPolicy({ ...place, type: 'EXTERNAL_KEY_STORE' });
  const mayBeAllowed = (action: string) => mayGoOffline || !outageActions.includes(action);
  // A rotation is no durable execution.
  const needed = Statement.filter(({ Sid }) => Sid !== 'LookAtExecution');
  return {
    Version,
    Statement: [
      ...needed.map((one) => ({ ...one, Action: one.Action.filter(mayBeAllowed) })),
      { Sid: 'RotateSecrets', Effect: 'Allow', Action: secretActions, Resource: secrets },
      ...(secretKeys.length > 0
        ? ([
            {
              Sid: 'UseKeysOfSecrets',
              Effect: 'Allow',
              Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
              Resource: secretKeys,
            },
          ] as const)
        : []),
    ],
  };
}
