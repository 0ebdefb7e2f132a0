/** The lifecycle, for people who inspect, draw or embed it: provide its actors, or walk it with `xstate/graph`. */

export type {
  Answered,
  Answers,
  Approved,
  Armed,
  Checked,
  Disarmed,
  Found,
  Held,
  Look,
  Prepared,
  Proven,
  Result,
  Settled,
  Sighting,
  Stamped,
  Waited,
  Write,
} from './answers.ts';
export { safeUpdateMachine } from './machine.ts';
export type {
  ActorName,
  ArmQuestion,
  ConnectQuestion,
  Context,
  Event,
  HoldQuestion,
  Input,
  PrepareQuestion,
  Questions,
  Resumable,
  UpdateQuestion,
  WriteQuestion,
} from './types.ts';
