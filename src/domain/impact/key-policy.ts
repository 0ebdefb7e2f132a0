/** Who may use a key by its policy, beside the account that owns it. Source: IAM user guide, "Principal element". */
import { nameServiceOf } from './services.ts';
import { accountOf, nameAccount, type User } from './users.ts';

/** What uses a key, or lets others use it. */
const uses = [
  'kms:Encrypt',
  'kms:Decrypt',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:CreateGrant',
];

/** Conditions that keep a statement to callers of one account. */
const callerAccount = ['kms:calleraccount', 'aws:principalaccount'];

interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Condition?: unknown;
}

/** Other accounts, AWS services and `*`; null if the policy cannot be read. */
export function findOutsiders(policy: string, account: string): readonly User[] | null {
  const parsed = parse(policy);
  if (parsed === null) return null;
  const users = listOf((parsed as { readonly Statement?: unknown }).Statement).flatMap((statement) =>
    readStatement(statement as Statement, account),
  );
  return [...new Map(users.map((user) => [user.name, user])).values()];
}

function parse(policy: string): object | null {
  try {
    const parsed: unknown = JSON.parse(policy);
    return typeof parsed === 'object' ? parsed : null;
  } catch {
    return null;
  }
}

function readStatement(statement: Statement, account: string): readonly User[] {
  const { Effect, Principal, NotPrincipal, Condition } = statement;
  if (Effect !== 'Allow' || !allowsUse(statement)) return [];
  if (NotPrincipal !== undefined) return [{ kind: 'anyone', name: 'anyone but those that the policy excludes' }];
  const { AWS, Service }: Readonly<Record<string, unknown>> =
    typeof Principal === 'object' && Principal !== null ? { ...Principal } : { AWS: Principal };
  const named = listOf(AWS).flatMap((principal): readonly User[] => {
    if (principal === '*') return readAnyone(Condition, account);
    const owner = accountOf(String(principal));
    return owner === undefined || owner === account ? [] : [nameAccount(owner)];
  });
  const services = listOf(Service).flatMap((principal): readonly User[] => {
    const name = nameServiceOf(String(principal));
    return name === undefined ? [] : [{ kind: 'service', name }];
  });
  return [...named, ...services];
}

function allowsUse({ Action, NotAction }: Statement): boolean {
  const isIn = (use: string, actions: unknown) => listOf(actions).some((action) => matches(use, String(action)));
  return uses.some((use) => (NotAction === undefined ? isIn(use, Action) : !isIn(use, NotAction)));
}

function matches(use: string, action: string): boolean {
  const pattern = action
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${pattern}$`, 'i').test(use);
}

/** A statement for `*` names the accounts that it is for in its condition, or it is for all that meet the others. */
function readAnyone(condition: unknown, account: string): readonly User[] {
  const tests = Object.values((condition ?? {}) as Readonly<Record<string, Readonly<Record<string, unknown>>>>);
  const accounts = tests.flatMap((test) =>
    Object.entries(test ?? {}).flatMap(([key, value]) =>
      callerAccount.includes(key.toLowerCase()) ? listOf(value) : [],
    ),
  );
  if (accounts.length === 0)
    return [{ kind: 'anyone', name: tests.length > 0 ? 'anyone, under conditions' : 'anyone' }];
  return accounts.filter((one) => one !== account).map((one) => nameAccount(String(one)));
}

function listOf(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}
