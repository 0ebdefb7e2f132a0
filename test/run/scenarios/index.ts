/** Every scenario: together they walk every arrow of the machine. */
import { sample } from '../../support/sampling.ts';
import type { Scenario } from '../../support/scenario.ts';
import { beginning } from './beginning.ts';
import { fencing } from './fencing.ts';
import { holding } from './holding.ts';
import { live } from './live.ts';
import { offline } from './offline.ts';
import { connectingTrialStore } from './rehearsing.ts';
import { rollingBack } from './rolling-back.ts';
import { switching } from './switching.ts';
import { takingUp } from './taking-up.ts';
import { timing } from './timing.ts';
import { tryingAgain } from './trying-again.ts';
import { waiting } from './waiting.ts';

export const scenarios: readonly Scenario[] = [
  ...beginning,
  ...timing,
  ...connectingTrialStore,
  ...live,
  ...offline,
  ...rollingBack,
  ...waiting,
  ...tryingAgain,
  ...holding,
  ...takingUp,
  ...switching,
  ...fencing,
];

/** For a walk that goes through each of them many times. */
export const sampleScenarios = (walk: string, oneIn: number): readonly Scenario[] =>
  sample(scenarios, oneIn, ({ name }) => `${walk}: ${name}`);
