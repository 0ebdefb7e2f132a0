/** Arms the dead man's switch and takes it away: both are safe to repeat, whatever has become of an earlier try. */
import type { Armed, ArmInput, Disarmed } from '../../machines/safe-update/index.ts';
import type { ArmedSwitch } from '../domain/dead-mans-switch.ts';
import { isRejection } from '../domain/errors.ts';
import type { Failure } from '../domain/failure.ts';
import type { CountedLogin } from '../domain/logins.ts';
import type { Answer } from '../ports/answer.ts';
import type { StepContext } from '../ports/host.ts';
import { countLogin } from './logins.ts';
import type { Run } from './run.ts';

/**
 * Its Connect may lead to a login that no process is there to count, so it counts from now on. `rerun`: an earlier process may
 * have armed it.
 */
export async function armSwitch(
  run: Run,
  { store, armed, roleArn, logins, isCounted }: ArmInput,
  { rerun }: Pick<StepContext, 'rerun'>,
): Promise<Armed> {
  const { customKeyStoreId, settings } = store;
  const counted = isCounted ? undefined : await countAhead(run, settings.CloudHsmClusterId, logins);
  if (counted?.failure) return { kind: 'unarmed', failure: counted.failure, armed, mayBeArmed: rerun };
  const login = counted && logins !== null ? { login: { record: counted.record, isGrantSpent: false } } : {};
  const { name, deadlineAtMs } = armed;
  const arm = () => run.scheduler.arm({ name, customKeyStoreId, atMs: deadlineAtMs, roleArn });
  // No call has been sent to the store yet, so a missing right is reported at once.
  const { failure, isUnclear } = await tryAFewTimes(run, arm, ({ class: kind }) => isRejection(kind));
  if (failure === null) return { kind: 'armed', armed, ...login };
  if (isUnclear || rerun) return { kind: 'unarmed', failure, armed, mayBeArmed: true, ...login };
  if (counted) await run.logins.takeBack(settings.CloudHsmClusterId ?? '');
  return { kind: 'unarmed', failure, armed, mayBeArmed: isCounted };
}

async function countAhead(
  run: Run,
  clusterId: string | undefined,
  logins: ArmInput['logins'],
): Promise<(CountedLogin & { readonly failure?: Failure }) | undefined> {
  if (clusterId === undefined) return undefined;
  const record = logins ?? (await run.logins.read(clusterId));
  return countLogin(run.logins, clusterId, { record, isGrantSpent: false }, []);
}

/** A failure does not block the run: the result names a switch that is still armed. */
export async function disarmSwitch(run: Run, { name }: ArmedSwitch): Promise<Disarmed> {
  const { failure } = await tryAFewTimes(
    run,
    () => run.scheduler.disarm(name),
    () => false,
  );
  return failure === null ? { kind: 'disarmed' } : { kind: 'stillArmed', failure };
}

const triesAtMost = 3;
const pauseMs = 2_000;

/** `failure`: the last one; null: it is done. `isUnclear`: a try that failed may have been carried out. */
async function tryAFewTimes(
  run: Run,
  call: () => Promise<Answer<null>>,
  isFinal: (failure: Failure) => boolean,
): Promise<{ readonly failure: Failure | null; readonly isUnclear: boolean }> {
  let isUnclear = false;
  for (let tries = 1; ; tries += 1) {
    const answer = await call();
    if (answer.ok) return { failure: null, isUnclear };
    const { failure } = answer;
    isUnclear ||= failure.class === 'unclear';
    if (tries === triesAtMost || isFinal(failure)) return { failure, isUnclear };
    await run.clock.sleep(pauseMs);
  }
}
