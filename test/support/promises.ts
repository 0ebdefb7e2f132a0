/** Judges a run by the promises: by what was sent and what is so, never by what the run says of itself alone. */
import { outcomes, type RunResult } from '../../src/domain/outcome.ts';
import type { Risk } from '../../src/domain/policy.ts';
import { describeProperty, type PropertyName } from '../../src/domain/properties.ts';
import type { World } from './world.ts';

/** What the run was allowed, and where it began. */
export interface Terms {
  readonly state: string;
  readonly accepted: readonly Risk[];
  /** Somebody else acts on the store too. */
  readonly hasForeignHand: boolean;
}

/** Each broken promise by its number; empty when all were kept. */
export function findBrokenPromises({ sent, simulator }: World, result: RunResult, terms: Terms): string[] {
  const { state, accepted, hasForeignHand } = terms;
  const type = simulator
    .describeWorld()
    .stores.find((store) => store.CustomKeyStoreId === result.customKeyStoreId)?.CustomKeyStoreType;
  const isNeverLive = (name: string) => type && describeProperty(name as PropertyName).live[type] === 'never';
  const broken: string[] = [];
  for (const { operation, input, trueState, shownState, requestsInFlight } of sent) {
    const names = Object.keys(input).filter((key) => key !== 'CustomKeyStoreId');
    if (requestsInFlight > 1) broken.push('two requests at once');
    if (operation === 'UpdateCustomKeyStore' && names.some(isNeverLive) && shownState !== 'DISCONNECTED') {
      broken.push(`1: ${names.join(' ')} sent while the store was shown ${shownState}`);
    }
    if (
      operation === 'DisconnectCustomKeyStore' &&
      shownState === 'CONNECTED' &&
      !accepted.includes('outage') &&
      state === 'CONNECTED'
    ) {
      broken.push('2: an outage that nobody accepted');
    }
    if (operation !== 'DescribeCustomKeyStores' && (shownState === 'CONNECTING' || shownState === 'DISCONNECTING')) {
      broken.push(`9: ${operation} while the store was shown ${shownState} (${trueState})`);
    }
  }
  if (!hasForeignHand) {
    for (const { clusterId } of simulator.describeWorld().clusters) {
      const { badLogins } = simulator.cluster(clusterId).kmsuser;
      if (badLogins > 1) broken.push(`8: ${badLogins} bad logins on one cluster`);
    }
  }
  if (!hasForeignHand && result.reason?.code === 'FOREIGN_HAND') broken.push('6: a foreign hand that was not there');
  if (!(result.outcome in outcomes)) broken.push(`3: no outcome: ${result.outcome}`);
  return broken;
}
