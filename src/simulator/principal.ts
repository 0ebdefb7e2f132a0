/**
 * Who calls, as CloudTrail records it: the element userIdentity of its user guide. A caller is said by its access key id, as
 * `role/NAME`, as `user/NAME`, by an ARN of IAM, or as the principal of an AWS service.
 */
import { createHash } from 'node:crypto';
import { writePrincipal } from './partition.ts';

interface Account {
  readonly region: string;
  readonly accountId: string;
}

export interface Identity {
  readonly userIdentity: object;
  readonly username?: string;
  readonly accessKeyId?: string;
}

const arnForm = /^arn:[\w-]+:(?:iam|sts)::(\d{12}):(.+)$/;

/** `caller`: undefined is the root user of the account. */
export function identify(account: Account, caller = 'root'): Identity {
  if (caller.endsWith('.amazonaws.com')) return { userIdentity: { type: 'AWSService', invokedBy: caller } };
  const [, accountId = account.accountId, resource = caller] = arnForm.exec(caller) ?? [];
  // The owner of the key sees no more of a caller in another account.
  if (accountId !== account.accountId) {
    return { userIdentity: { type: 'AWSAccount', principalId: makeId('AROA', caller), accountId } };
  }
  const [kind, name = '', session = `${name}-session`] = resource.split('/');
  if (kind === 'role' || kind === 'assumed-role') return identifyRole(account, name, session);
  if (resource === 'root') {
    const arn = writePrincipal(account.region, accountId, resource);
    return { userIdentity: { type: 'Root', principalId: accountId, arn, accountId } };
  }
  const userName = kind === 'user' ? name : resource;
  const accessKeyId = kind === 'user' ? makeId('AKIA', resource) : resource;
  const arn = writePrincipal(account.region, accountId, `user/${userName}`);
  const principalId = makeId('AIDA', userName);
  return {
    userIdentity: { type: 'IAMUser', principalId, arn, accountId, accessKeyId, userName },
    username: userName,
    accessKeyId,
  };
}

function identifyRole({ region, accountId }: Account, role: string, session: string): Identity {
  const principalId = makeId('AROA', role);
  const accessKeyId = makeId('ASIA', `${role}/${session}`);
  const issuer = {
    type: 'Role',
    principalId,
    arn: writePrincipal(region, accountId, `role/${role}`),
    accountId,
    userName: role,
  };
  return {
    userIdentity: {
      type: 'AssumedRole',
      principalId: `${principalId}:${session}`,
      arn: writePrincipal(region, accountId, `assumed-role/${role}/${session}`, 'sts'),
      accountId,
      accessKeyId,
      sessionContext: { sessionIssuer: issuer },
    },
    username: session,
    accessKeyId,
  };
}

function makeId(prefix: string, name: string): string {
  return `${prefix}${createHash('sha256').update(name).digest('hex').slice(0, 17).toUpperCase()}`;
}
