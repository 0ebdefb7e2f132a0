/** Judges fences by what applications encrypted, and by the keys that are left: no word of a run counts as evidence. */
import type { FencedKey } from '../../src/domain/fence.ts';
import type { RunResult } from '../../src/domain/outcome.ts';
import { type History, isLogCut } from './play-schedule.ts';

const calledBySomebody = ({ world }: History, operation: string) =>
  world.simulator.calls.some((call) => call.operation === operation && call.caller === 'somebody else');

/** Results of runs that had a fence, with the end of the process. */
const listResults = ({ lives }: History): readonly RunResult[] =>
  lives.flatMap(({ end }) => (end.kind === 'result' ? [end.result] : []));

/** KMS may know of a DisableKey so much later, in each replica. */
const lagMs = 20_000;

interface Window {
  readonly keyId: string;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The exposures that the results name. */
function listExposures(results: readonly RunResult[]): readonly Window[] {
  return results.flatMap(({ fence }) =>
    (fence?.keys ?? []).flatMap(({ keyId, exposure }) =>
      exposure ? [{ keyId, fromMs: Date.parse(exposure.from), untilMs: Date.parse(exposure.until) + lagMs }] : [],
    ),
  );
}

/** No application encrypts under different key material but in an exposure that a result names. */
export function exposeOnlyWhatIsNamed(history: History): string[] {
  const { lives, written, handAt, isClockWrong } = history;
  const isFenced = lives.every(({ request: { policy } }) => policy.fence !== 'never');
  const hasFence = lives.some(({ records }) => records.some((record) => JSON.stringify(record).includes('"fenced"')));
  const isWhole = lives.at(-1)?.end.kind === 'result' && handAt === null && !isClockWrong && !isLogCut(history);
  if (!isFenced || !hasFence || !isWhole || calledBySomebody(history, 'EnableKey')) return [];
  const fenced = listResults(history).flatMap(({ fence }) => fence?.keys ?? []);
  const isOfFence = (arn: string) => fenced.some((key: Pick<FencedKey, 'keyId'>) => key.keyId === arn);
  const exposures = listExposures(listResults(history));
  const wrong = written.filter(({ hasOriginalMaterial, keyId, atMs }) => {
    const arn = `arn:aws:kms:us-east-1:111122223333:key/${keyId}`;
    const isNamed = exposures.some((one) => one.keyId === arn && atMs >= one.fromMs && atMs <= one.untilMs);
    // KMS is eventually consistent: a host that does not know of the DisableKey yet may be met by any application.
    const isLate = fenced.some(
      ({ keyId: id, disabledAt }) => id === arn && disabledAt !== undefined && atMs <= Date.parse(disabledAt) + lagMs,
    );
    return !hasOriginalMaterial && isOfFence(arn) && !isNamed && !isLate;
  });
  return wrong.length === 0
    ? []
    : [`${wrong.length} ciphertexts under different key material, first at ${wrong[0]?.atMs} with ${wrong[0]?.keyId}`];
}

/** A run leaves no key disabled that was enabled before, unless it ends stranded. */
export function leaveNoKeyDisabled(history: History): string[] {
  const { lives, world, store } = history;
  const end = lives.at(-1)?.end;
  if (end?.kind !== 'result' || isLogCut(history) || calledBySomebody(history, 'DisableKey')) return [];
  const { outcome, nextCommands = [] } = end.result;
  const isLeft = nextCommands.some((command) => command.startsWith('cks resume'));
  if (outcome === 'stranded' || isLeft || lives.slice(1).some(({ beginning }) => beginning === 'new')) return [];
  const { simulator, clock } = world;
  if (!lives.some(({ request: { policy } }) => policy.fence !== 'never')) return [];
  if (!simulator.describeWorld().stores.some(({ CustomKeyStoreId }) => CustomKeyStoreId === store)) return [];
  simulator.staleReads = {};
  simulator.clearFaults();
  clock.advance(10 * 60_000);
  const { Keys } = simulator.call('ListKeys', { Limit: 1_000 }) as { Keys: readonly { KeyId: string }[] };
  const disabled = Keys.filter(({ KeyId }) => {
    const { KeyMetadata } = simulator.call('DescribeKey', { KeyId }) as { KeyMetadata: { KeyState: string } };
    return KeyMetadata.KeyState === 'Disabled';
  });
  return disabled.length === 0 ? [] : [`${outcome}, and ${disabled.length} keys are Disabled`];
}
