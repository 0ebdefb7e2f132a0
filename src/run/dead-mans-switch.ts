/** Arms the dead man's switch and takes it away: both are safe to repeat, whatever has become of an earlier try. */
import type { Armed, ArmQuestion, Disarmed } from '../../machines/safe-update/index.ts';
import type { ArmedSwitch } from '../domain/dead-mans-switch.ts';
import type { Failure } from '../domain/failure.ts';
import type { CountedLogin } from '../domain/logins.ts';
import { countLogin } from './logins.ts';
import type { Run } from './run.ts';

/** Its Connect may lead to a login of which nobody is left to count: so it counts from now on. */
export async function armSwitch(run: Run, { store, armed, roleArn, logins }: ArmQuestion): Promise<Armed> {
  const { customKeyStoreId, settings } = store;
  const counted = await countAhead(run, settings.CloudHsmClusterId, logins);
  if (counted?.failure) return { kind: 'unarmed', failure: counted.failure, armed, mayBeArmed: false };
  const login = counted && logins !== null ? { login: { record: counted.record, isGrantSpent: false } } : {};
  const { name, deadlineAtMs } = armed;
  const answer = await run.scheduler.arm({
    name,
    customKeyStoreId,
    atMs: deadlineAtMs,
    roleArn,
  });
  if (answer.ok) return { kind: 'armed', armed, ...login };
  const { failure } = answer;
  if (mayBeDone(failure)) return { kind: 'unarmed', failure, armed, mayBeArmed: true, ...login };
  if (counted) await run.logins.takeBack(settings.CloudHsmClusterId ?? '');
  return { kind: 'unarmed', failure, armed, mayBeArmed: false };
}

async function countAhead(
  run: Run,
  clusterId: string | undefined,
  logins: ArmQuestion['logins'],
): Promise<(CountedLogin & { readonly failure?: Failure }) | undefined> {
  if (clusterId === undefined) return undefined;
  const record = logins ?? (await run.logins.read(clusterId));
  return countLogin(run.logins, clusterId, { record, isGrantSpent: false }, []);
}

/** What the scheduler has said no to is not armed; without an answer nobody knows. */
const mayBeDone = ({ class: failureClass }: Failure) => failureClass === 'unclear' || failureClass === 'unreachable';

const triesAtMost = 3;
const pauseMs = 2_000;

/** A failure stands in nobody's way: what is left is told at the end. */
export async function disarmSwitch(run: Run, { name }: ArmedSwitch): Promise<Disarmed> {
  for (let tries = 1; ; tries += 1) {
    const answer = await run.scheduler.disarm(name);
    if (answer.ok) return { kind: 'disarmed' };
    if (tries === triesAtMost) return { kind: 'stillArmed', failure: answer.failure };
    await run.clock.sleep(pauseMs);
  }
}
