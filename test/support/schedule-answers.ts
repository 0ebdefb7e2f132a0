/** What a run of a schedule is answered by those it asks beside KMS: the checks, the keys, and who approves. */

import { readStore } from '../../src/aws/kms/kms.ts';
import { applyChange, type Change } from '../../src/domain/change.ts';
import type { KeyStore } from '../../src/domain/key-store.ts';
import type { Risk } from '../../src/domain/policy.ts';
import type { Approver } from '../../src/ports/approver.ts';
import type { Check } from '../../src/ports/checks.ts';
import type { Judgement } from './key-verifiers.ts';
import type { Schedule } from './schedules.ts';
import { clusters, newEndpoint, newPath } from './stores.ts';
import type { World } from './world.ts';

export function chooseChecks(kind: Schedule['mishaps']['check']): readonly Check[] {
  if (kind === 'none') return [];
  const found = {
    proves: { status: 'passed', message: 'the same keys', verifiesKeys: true },
    unknown: { status: 'unknown', message: 'cannot look' },
    fails: { status: 'failed', message: 'cannot work' },
  } as const;
  return [{ name: 'proxy', run: async () => found[kind] }];
}

/** What the settings of a store say of where it is connected to. */
const placeOf = ({ settings }: Pick<KeyStore, 'settings'>) =>
  JSON.stringify([settings.XksProxyUriEndpoint, settings.XksProxyUriPath, settings.CloudHsmClusterId]);

/** Where the store moves: at the place where it was at first it may be that nothing answers any more. */
export function createWayBackCheck(world: World, store: string, change: Change, kind: Schedule['mishaps']['rollback']) {
  const before = readStore({ ...world.simulator.store(store) });
  const first = placeOf(before);
  const isMoved = placeOf({ settings: applyChange(before.settings, change) }) !== first;
  const deadLooks: number[] = [];
  const check: Check = {
    name: 'way-back',
    checksRollback: true,
    async run(observed, { send }) {
      if (placeOf({ settings: applyChange(observed.settings, send) }) !== first) return null;
      if (kind === 'unknown') return { status: 'unknown', message: 'cannot look' };
      if (observed.connectionState !== 'CONNECTED') deadLooks.push(world.sent.length);
      return { status: 'failed', message: 'nothing answers there' };
    },
  };
  return { checks: isMoved && kind !== 'open' ? [check] : [], deadLooks };
}

/** A mismatch is met where the keys come from another place than at first. */
export function createKeyJudge(
  world: World,
  { isExternal }: Schedule['store'],
  status: Schedule['mishaps']['keyVerification'],
): (store: KeyStore) => Judgement {
  const { first } = clusters(world);
  return ({ settings }) => {
    if (status === 'lost') return 'mismatch';
    if (status !== 'mismatch') return status === 'unverified' ? 'inconclusive' : status;
    const isMoved = isExternal
      ? settings.XksProxyUriEndpoint?.toLowerCase() === newEndpoint || settings.XksProxyUriPath === newPath
      : settings.CloudHsmClusterId !== first;
    return isMoved ? 'mismatch' : 'verified';
  };
}

/** Longer than what the checks found holds. */
const hesitationMs = 11 * 60_000;

export function chooseApprover(
  { clock }: World,
  kind: Schedule['request']['approver'],
  grant: (accepted: readonly Risk[]) => void,
  stop: () => void,
): Approver | undefined {
  if (kind === null) return undefined;
  let isFirst = true;
  return {
    async ask({ missing }, signal) {
      if (kind === 'declines') return { kind: 'declined' };
      if (kind === 'interrupts') stop();
      if (kind === 'hesitates' && isFirst) await clock.sleep(hesitationMs, signal);
      isFirst = false;
      grant(missing);
      return { kind: 'approved', accepted: missing };
    },
  };
}
