/** Whether the AWS credentials outlive an outage: when they end, the store is offline and cks cannot bring it back. */
import { limitToOutage } from '../domain/checks.ts';
import { mayGoOffline } from '../domain/key-reach.ts';
import { longestOutageMs, type Policy } from '../domain/policy.ts';
import type { Clock } from '../ports/clock.ts';
import type { CredentialsLife } from '../ports/credentials.ts';
import type { BuiltInCheck } from './rights.ts';

export function createCredentialsCheck(
  readLife: () => Promise<CredentialsLife>,
  policy: Policy,
  clock: Clock,
): BuiltInCheck {
  return {
    name: 'credentials',
    async run(store, plan) {
      if (!mayGoOffline(plan)) return { status: 'passed', message: 'no outage depends on them' };
      const { expiresAtMs, isRenewed, isTemporary } = await readLife();
      if (isRenewed || !isTemporary)
        return { status: 'passed', message: 'valid for the whole run, or renewed automatically' };
      if (expiresAtMs === null) return { status: 'warned', message: 'they are temporary, and their end is not known' };
      const needed = Math.ceil(longestOutageMs(policy, store.customKeyStoreType) / 60_000);
      const left = Math.floor((expiresAtMs - clock.now()) / 60_000);
      if (left >= needed) return { status: 'passed', message: `valid for ${left} minutes` };
      const message = `they end in ${left} minutes, and a run with a rollback may take ${needed} minutes`;
      const found = { status: 'warned', message, risk: 'expiring-credentials' } as const;
      return plan.mode === 'offline' ? found : limitToOutage(found);
    },
  };
}
