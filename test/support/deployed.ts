/** The durable function of `examples/aws` as it is deployed, on AWS's own local runner: a simulator and a table over HTTP. */

import { createServer } from 'node:http';
import { LocalDurableTestRunner } from '@aws/durable-execution-sdk-js-testing';
import { vi } from 'vitest';
import { createScaledClock, createSimulator, type Simulator, serveSimulator } from '../../src/simulator/index.ts';
import { serveTable, tableName } from './lock-tables.ts';
import { takeMetrics } from './printed.ts';
import { listen } from './servers.ts';

/** As Lambda answers GetDurableExecution. */
export interface Execution {
  readonly Status: string;
  readonly Result?: string;
  readonly Error?: { readonly ErrorMessage: string };
}

export interface Deployed {
  readonly simulator: Simulator;
  execute(event: unknown): Promise<Execution>;
  close(): Promise<void>;
}

export async function deploy(): Promise<Deployed> {
  await LocalDurableTestRunner.setupTestEnvironment();
  const minuteMs = 60_000;
  // A minute of the simulator is half a second here.
  const simulator = createSimulator({
    now: createScaledClock(120),
    seed: 1,
    durations: { connect: { AWS_CLOUDHSM: minuteMs }, disconnect: { AWS_CLOUDHSM: minuteMs } },
  });
  const [kms, table, lambda] = await Promise.all([serveSimulator(simulator), serveTable(), serveLambdaApi()]);
  const variables = {
    AWS_REGION: 'us-east-1',
    AWS_ENDPOINT_URL: kms.url,
    AWS_ENDPOINT_URL_DYNAMODB: table.url,
    AWS_ENDPOINT_URL_LAMBDA: lambda.url,
    LOCK_TABLE: tableName,
  };
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  // Not known to the compiler: it is plain JavaScript, for whoever copies it.
  const { handler } = await import('../../examples/aws/safe-update.mjs' as string);

  return {
    simulator,
    async execute(event) {
      const runner = new LocalDurableTestRunner({ handlerFunction: handler });
      const execution = await runner.run({ payload: event as object });
      const Status = String(execution.getStatus());
      takeMetrics();
      // The service keeps what a handler returns as JSON.
      if (Status === 'SUCCEEDED') return { Status, Result: JSON.stringify(execution.getResult()) };
      return { Status, Error: { ErrorMessage: String(execution.getError().errorMessage) } };
    },
    async close() {
      await LocalDurableTestRunner.teardownTestEnvironment();
      await Promise.all([kms.close(), table.close(), lambda.close()]);
      vi.unstubAllEnvs();
    },
  };
}

export const serveLambdaApi = () =>
  listen(
    createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"DurableConfig":{}}');
    }),
  );
