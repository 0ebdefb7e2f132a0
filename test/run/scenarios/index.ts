/** Every scenario: together they walk every arrow of the machine. */
import type { Scenario } from '../../support/scenario.ts';
import { beginning } from './beginning.ts';
import { live } from './live.ts';
import { offline } from './offline.ts';
import { rollingBack } from './rolling-back.ts';

export const scenarios: readonly Scenario[] = [...beginning, ...live, ...offline, ...rollingBack];
