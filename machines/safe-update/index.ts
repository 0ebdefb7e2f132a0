/** The lifecycle, for people who inspect, draw or embed it: provide its actors, or walk it with `xstate/graph`. */

export type {
  ActorInputs,
  ActorName,
  ArmInput,
  ConnectInput,
  DisableInput,
  EnableInput,
  Event,
  HoldInput,
  PrepareFenceInput,
  PrepareInput,
  Resumable,
  UpdateActorInput,
  WriteInput,
} from './actor-inputs.ts';
export type { Context, Input } from './context.ts';
export { safeUpdateMachine } from './machine.ts';
export type {
  ActorOutputs,
  Answered,
  Approved,
  Armed,
  Checked,
  Disarmed,
  FenceEnabled,
  FencePrepared,
  FenceRaised,
  Found,
  Held,
  KeysVerified,
  Observation,
  ObserveResult,
  Prepared,
  Result,
  Settled,
  Stamped,
  Waited,
  Write,
} from './outputs.ts';
