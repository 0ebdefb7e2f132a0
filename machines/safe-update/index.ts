/** The lifecycle, for people who inspect, draw or embed it: provide its actors, or walk it with `xstate/graph`. */

export { safeUpdateMachine } from './machine.ts';
export type {
  ActorOutputs,
  Answered,
  Approved,
  Armed,
  Checked,
  Disarmed,
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
export type {
  ActorInputs,
  ActorName,
  ArmInput,
  ConnectInput,
  Context,
  Event,
  HoldInput,
  Input,
  PrepareInput,
  Resumable,
  UpdateActorInput,
  WriteInput,
} from './types.ts';
