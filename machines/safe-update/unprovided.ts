/** Typed stubs: the machine holds no effect. Whoever runs it provides each actor; one that was forgotten says its name. */
import { fromPromise } from 'xstate';
import type { Answers, Stamped } from './answers.ts';
import type { ActorName, Questions } from './types.ts';

function unprovided<N extends ActorName>(name: N) {
  return fromPromise<Stamped<Answers[N]>, Questions[N]>(() =>
    Promise.reject(new Error(`the actor ${name} was not provided`)),
  );
}

export const unprovidedActors = {
  describeStore: unprovided('describeStore'),
  awaitWindow: unprovided('awaitWindow'),
  settleStore: unprovided('settleStore'),
  runChecks: unprovided('runChecks'),
  checkWayBack: unprovided('checkWayBack'),
  prepareProof: unprovided('prepareProof'),
  rehearse: unprovided('rehearse'),
  approve: unprovided('approve'),
  armSwitch: unprovided('armSwitch'),
  disarmSwitch: unprovided('disarmSwitch'),
  disconnectStore: unprovided('disconnectStore'),
  connectStore: unprovided('connectStore'),
  updateStore: unprovided('updateStore'),
  restoreStore: unprovided('restoreStore'),
  proveKeys: unprovided('proveKeys'),
  hold: unprovided('hold'),
  awaitKms: unprovided('awaitKms'),
};
