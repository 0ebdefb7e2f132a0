/**
 * Whether the count of logins as kmsuser can be read and kept. Once the store is offline the run goes by what it has
 * counted itself; a later run that knows less of it may lock kmsuser out. So it is found out, and accepted, before that.
 */
import type { KeyStore } from '../domain/key-store.ts';
import type { Plan } from '../domain/plan.ts';
import type { BuiltInCheck } from './rights.ts';

export function createKmsuserLoginsCheck(findProblem: (clusterId: string) => Promise<string | null>): BuiltInCheck {
  return {
    name: 'kmsuser-logins',
    async run(store, plan) {
      if (store.customKeyStoreType !== 'AWS_CLOUDHSM' || !mayConnect(store, plan)) return null;
      const { CloudHsmClusterId: current } = store.settings;
      const clusterIds = new Set([plan.send.CloudHsmClusterId, current].filter((id) => id !== undefined));
      const problems = await Promise.all([...clusterIds].map(findProblem));
      const problem = problems.find((one) => one !== null);
      if (problem === undefined) return null;
      const message = `the logins as kmsuser cannot be counted across runs: ${problem}; five bad logins lock kmsuser`;
      return { status: 'warned', message, risk: 'login' };
    },
  };
}

/** Forward, or back after a failure. */
function mayConnect({ connectionState }: KeyStore, { wantedState, mode: path, possibleRisks }: Plan): boolean {
  if (path === 'offline' || possibleRisks.includes('outage')) return true;
  return wantedState === 'CONNECTED' && connectionState !== 'CONNECTED';
}
