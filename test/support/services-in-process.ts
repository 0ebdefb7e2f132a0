/** What stands around KMS, asked of a simulator in this process: the real ports over what the SDK would make of the wire. */

import type { CloudHSMV2 } from '@aws-sdk/client-cloudhsm-v2';
import type { CloudWatch } from '@aws-sdk/client-cloudwatch';
import type { EC2 } from '@aws-sdk/client-ec2';
import { classify } from '../../src/aws/classify.ts';
import { createClusters } from '../../src/aws/cloudhsm/clusters.ts';
import { createKeyMetrics } from '../../src/aws/cloudwatch/key-metrics.ts';
import { createEndpointServices } from '../../src/aws/ec2/endpoint-services.ts';
import { createNetwork } from '../../src/aws/ec2/network.ts';
import { type AskedAboutEncryption, createEncryption } from '../../src/aws/encryption/encryption.ts';
import { createKeys } from '../../src/aws/kms/keys.ts';
import type { Send } from '../../src/aws/kms/send.ts';
import type { Ask, RequestOptions } from '../../src/aws/service-client.ts';
import type { AskedByChecks } from '../../src/library/checks.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Simulator, SimulatorFault } from '../../src/simulator/index.ts';

export function askInProcess(simulator: Simulator, clock: Clock): Omit<AskedByChecks, 'kms'> {
  const ask = createAskHere(simulator) as unknown as Ask<CloudHSMV2> &
    Ask<CloudWatch> &
    Ask<EC2> &
    AskedAboutEncryption['askLogs'] &
    AskedAboutEncryption['askLambda'] &
    ReturnType<AskedAboutEncryption['askAboutSecret']> &
    ReturnType<AskedAboutEncryption['askAboutTable']> &
    ReturnType<AskedAboutEncryption['askTopic']> &
    ReturnType<AskedAboutEncryption['askBus']>;
  return {
    clock,
    keys: createKeys(createKeySend(simulator), clock),
    metrics: createKeyMetrics(ask, clock),
    clusters: createClusters(ask),
    network: createNetwork(ask),
    endpointServices: createEndpointServices(ask),
    encryption: createEncryption({
      askAboutSecret: () => ask,
      askAboutTable: () => ask,
      askLogs: ask,
      askLambda: ask,
      askTopic: () => ask,
      askBus: () => ask,
    }),
    place: { region: simulator.region, account: simulator.accountId },
    endpoint: undefined,
    lockTable: null,
    logins: { findProblem: async () => null },
    readCredentialsLife: async () => ({ expiresAtMs: null, isRenewed: false, isTemporary: false }),
  };
}

type Client = Readonly<Record<string, (input: object) => Promise<unknown>>>;

/** A client's methods are named as the operations, but for the first letter. */
function createAskHere(simulator: Simulator): Ask<Client> {
  const client = new Proxy({} as Client, {
    get: (_, method) => async (input: object) => {
      const operation = String(method).replace(/^./, (first) => first.toUpperCase());
      const receive = () => simulator.receive(operation, input, 'cks');
      // As a connection does: a failure of the service is tried once more.
      const first = receive();
      const { output, fault } = (first.fault?.statusCode ?? 0) >= 500 ? receive() : first;
      if (fault) throw Object.assign(new Error(fault.message), { name: fault.name, $metadata: {} });
      return toDates(output);
    },
  });
  return async (question) => {
    try {
      return { ok: true, value: await question(client, unlimited) };
    } catch (error) {
      return { ok: false, failure: classify(error) };
    }
  };
}

/** Instants are seconds on the wire. */
function toDates(output: unknown): unknown {
  return JSON.parse(JSON.stringify(output), (name, value) =>
    typeof value === 'number' && /(Date|Timestamp)$/.test(name) ? new Date(value * 1_000) : value,
  );
}

/** What goes with each request of a question to a service that is in this process, and answers at once. */
export const unlimited: RequestOptions = { requestTimeout: 0, abortSignal: new AbortController().signal };

const blobs = ['Plaintext', 'CiphertextBlob'];

export function createKeySend(simulator: Simulator): Send {
  return async (operation, input) => {
    const { output, fault, requestId } = simulator.receive(operation, encode(input), 'cks');
    if (fault) throw toSdkError(fault);
    return { output: decode(output as Record<string, unknown>), requestId };
  };
}

export function encode(input: Readonly<Record<string, unknown>>): object {
  const entries = Object.entries(input).map(([name, value]) => [
    name,
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  ]);
  return Object.fromEntries(entries);
}

/** Dates are seconds on the wire, and blobs base64. */
export function decode(output: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(output).map(([name, value]): [string, unknown] => {
    if (typeof value === 'string' && blobs.includes(name)) return [name, new Uint8Array(Buffer.from(value, 'base64'))];
    if (typeof value === 'number' && /Date$|Timestamp$/.test(name)) return [name, new Date(value * 1_000)];
    const isNested = typeof value === 'object' && value !== null && !Array.isArray(value);
    return [name, isNested ? decode(value as Record<string, unknown>) : value];
  });
  return Object.fromEntries(entries);
}

function toSdkError({ name, message, statusCode }: SimulatorFault): Error {
  return Object.assign(new Error(message), {
    name,
    $metadata: { httpStatusCode: statusCode, requestId: 'in-process' },
  });
}
