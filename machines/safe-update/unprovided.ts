/** Typed stubs: the machine holds no effect. A host provides each actor; a missing one names itself. */
import { fromPromise } from 'xstate';
import type { ActorInputs, ActorName } from './actor-inputs.ts';
import type { ActorOutputs, Stamped } from './outputs.ts';

function unprovided<N extends ActorName>(name: N) {
  return fromPromise<Stamped<ActorOutputs[N]>, ActorInputs[N]>(() =>
    Promise.reject(new Error(`the actor ${name} was not provided`)),
  );
}

export const unprovidedActors = {
  describeStore: unprovided('describeStore'),
  awaitWindow: unprovided('awaitWindow'),
  settleStore: unprovided('settleStore'),
  runChecks: unprovided('runChecks'),
  checkRollback: unprovided('checkRollback'),
  prepareKeyVerification: unprovided('prepareKeyVerification'),
  trialConnect: unprovided('trialConnect'),
  approve: unprovided('approve'),
  armSwitch: unprovided('armSwitch'),
  disarmSwitch: unprovided('disarmSwitch'),
  prepareFence: unprovided('prepareFence'),
  disableKeys: unprovided('disableKeys'),
  enableKeys: unprovided('enableKeys'),
  disconnectStore: unprovided('disconnectStore'),
  connectStore: unprovided('connectStore'),
  updateStore: unprovided('updateStore'),
  restoreStore: unprovided('restoreStore'),
  verifyKeys: unprovided('verifyKeys'),
  hold: unprovided('hold'),
  awaitKms: unprovided('awaitKms'),
};
