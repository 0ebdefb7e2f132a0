/** The lifecycle, for people who inspect, draw or embed it: provide its actors, or walk it with `xstate/graph`. */
export { safeUpdateMachine } from './machine.ts';
export type {
  ActorName,
  Answers,
  Approved,
  Checked,
  Context,
  Event,
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
