/** Options for the deployment of a function for safe updates. */
import type { RunOptions } from '../../library/options.ts';

type Carried = Omit<
  RunOptions,
  'approver' | 'inspect' | 'journal' | 'stateDirectory' | 'onJournalLost' | 'signal' | 'waitLimits' | 'expectAccount'
>;

/** Beside what is named here: a logger, listeners, checks of your own, how a proxy is reached. */
export interface SafeUpdateHandlerOptions extends Carried {
  /** The DynamoDB table, by name or ARN, in which executions keep their locks and `cks stop` reaches them. */
  readonly lockTable: string;
}

/** As the service of durable functions calls it; what is in the two is between that and its SDK. */
export type SafeUpdateHandler = (event: object, context: object) => Promise<object>;
