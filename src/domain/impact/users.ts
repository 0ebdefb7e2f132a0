/** Who uses a key, or may use it: from what CloudTrail, grants and key policies show. */
import { nameServiceIn, nameServiceOf } from './services.ts';

export interface User {
  readonly kind: 'principal' | 'service' | 'account' | 'anyone';
  /** `role/payments-api`, `Amazon RDS`, `account 444455556666`. */
  readonly name: string;
  /** The AWS service that a principal uses the key through. */
  readonly service?: string;
}

/** Who made a call. Source: CloudTrail user guide, "CloudTrail userIdentity element". */
export interface CallerIdentity {
  readonly arn?: string;
  readonly accountId?: string;
  /** The principal of an AWS service that made the call itself, or for another principal. */
  readonly invokedBy?: string;
  /** Of an assumed role: the ARN of the role. */
  readonly roleArn?: string;
}

export interface KeyGrant {
  readonly granteePrincipal?: string;
  readonly retiringPrincipal?: string;
  /** Pairs that a request must have. */
  readonly context: Readonly<Record<string, string>>;
}

type Context = Readonly<Record<string, string>>;

export function nameCaller(identity: CallerIdentity, context: Context, account: string): User {
  const { arn, accountId, invokedBy = '', roleArn } = identity;
  const service = nameServiceOf(invokedBy) ?? nameServiceIn(context);
  const through = service === undefined ? {} : { service };
  if (accountId !== undefined && accountId !== account) return { ...nameAccount(accountId), ...through };
  const name = roleArn ?? arn;
  const own = name === undefined ? undefined : nameOwnerOfRole(name, service);
  if (own !== undefined) return { kind: 'service', name: own };
  if (name === undefined) return service === undefined ? unknownCaller : { kind: 'service', name: service };
  return { kind: 'principal', name: namePrincipal(name), ...through };
}

const unknownCaller: User = { kind: 'principal', name: 'an unknown principal' };

export function nameGrantee(
  { granteePrincipal = '', retiringPrincipal = '', context }: KeyGrant,
  account: string,
): User {
  const service = nameServiceOf(granteePrincipal) ?? nameServiceIn(context) ?? nameServiceOf(retiringPrincipal);
  const owner = accountOf(granteePrincipal);
  if (owner !== undefined && owner !== account)
    return { ...nameAccount(owner), ...(service === undefined ? {} : { service }) };
  if (service !== undefined) return { kind: 'service', name: service };
  return granteePrincipal === '' ? unknownCaller : { kind: 'principal', name: namePrincipal(granteePrincipal) };
}

/** The service that a role is of: one that is linked to it, or a role of AWS itself such as that of EC2 for volumes. */
function nameOwnerOfRole(arn: string, service: string | undefined): string | undefined {
  const principal = /:role\/aws-service-role\/([^/]+)\//.exec(arn)?.[1];
  if (principal !== undefined) return nameServiceOf(principal);
  return /:(?:assumed-)?role\/aws:/.test(arn) ? service : undefined;
}

export function nameAccount(accountId: string): User {
  return { kind: 'account', name: `account ${accountId}` };
}

/** The account that a principal is in: of its ARN, or its 12 digits alone. */
export function accountOf(principal: string): string | undefined {
  return /^(?:arn:[\w-]+:(?:iam|sts)::)?(\d{12})(?::|$)/.exec(principal)?.[1];
}

/** `role/payments-api` of `arn:aws:sts::111122223333:assumed-role/payments-api/session`. */
function namePrincipal(arn: string): string {
  const resource = /^arn:[\w-]+:(?:iam|sts)::\d{12}:(.+)$/.exec(arn)?.[1] ?? arn;
  const [kind, name] = resource.split('/');
  return kind === 'assumed-role' && name !== undefined ? `role/${name}` : resource;
}
