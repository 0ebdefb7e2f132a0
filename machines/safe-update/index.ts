/** The lifecycle, for people who inspect, draw or embed it: provide its actors, or walk it with `xstate/graph`. */
export { record } from './actions.ts';
export { rollbackOf, settingsInForce } from './facts.ts';
export { safeUpdateMachine } from './machine.ts';
export type {
  ActorName,
  Answered,
  Answers,
  Approved,
  Checked,
  ConnectQuestion,
  Context,
  Event,
  Found,
  Held,
  HoldQuestion,
  Input,
  Look,
  Proven,
  Questions,
  Result,
  Settled,
  Sighting,
  Stamped,
  UpdateQuestion,
  Write,
  WriteQuestion,
} from './types.ts';
