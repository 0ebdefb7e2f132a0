/** An execution over the default adapters of the library. */
import { createTableStops, openRun } from '../../aws/dynamodb/runs.ts';
import type { Table } from '../../aws/dynamodb/table.ts';
import { asleep, createTableLock } from '../../aws/dynamodb/table-lock.ts';
import { systemClock } from '../../hosts/system-clock.ts';
import { requireKnownOptions } from '../../library/options.ts';
import { chartHash } from '../../library/wiring/chart.ts';
import { type Connection, connect } from '../../library/wiring/connection.ts';
import { type Emitter, openEmitter } from '../../library/wiring/emitter.ts';
import { locate } from '../../library/wiring/locate.ts';
import { pinChange, pinVersions } from '../../library/wiring/pins.ts';
import { createPorts } from '../../library/wiring/ports.ts';
import { createRunId } from '../../library/wiring/run-id.ts';
import { openVault } from '../../library/wiring/secrets.ts';
import { version } from '../../library/wiring/version.ts';
import { openWarnings } from '../../library/wiring/warnings.ts';
import { resolveWindow } from '../../library/wiring/window.ts';
import { InvalidInputError } from '../../run/errors.ts';
import { prepareCorrection, prepareRequest } from '../../run/prepare.ts';
import { writeMetrics } from '../write-metrics.ts';
import { type ResumeEvent, readEvent, type SafeUpdateEvent } from './event.ts';
import type { Opened, Surroundings } from './execution.ts';
import { readHistory } from './history.ts';
import type { SafeUpdateHandlerOptions } from './options.ts';
import { type Begun, hearsStopsSinceMs, inherit, requireLeft } from './succession.ts';

/** The longest pause of a durable host: then it hears whether it should stop. */
const longestPauseMs = 5 * 60_000;

/** @throws {InvalidInputError} for an option that there is not, or without a lock table. */
export function openSurroundings(options: SafeUpdateHandlerOptions): Surroundings {
  requireKnownOptions(options);
  if (!options.lockTable)
    throw new InvalidInputError('lockTable: executions know of each other by a DynamoDB table only');

  const code = { version, chart: chartHash() };
  const readout = new WeakSet<Connection>();
  let emitter: Emitter | undefined;

  async function reachStore({ region, roleArn, externalId }: Begun['reach']): Promise<Connection> {
    const named = externalId === undefined ? {} : { externalId };
    const connection = await connect({
      ...options,
      ...(region === undefined ? {} : { region }),
      ...(roleArn === undefined ? {} : { role: { roleArn, sessionName, ...named } }),
    });
    // It outlives an invocation, and an invocation that is suspended never comes to its end.
    if (!readout.has(connection))
      connection.listeners.add((request) => (emitter?.logger() ?? options.logger)?.debug(request, 'kms.request'));
    readout.add(connection);
    return connection;
  }

  return {
    ...code,
    clock: systemClock,

    async begin(event) {
      const wanted = readEvent(event, options.checks);
      return 'resume' in wanted ? goOn(wanted) : beginAnew(wanted);
    },

    async open(begun, execution): Promise<Opened> {
      const { input, owner, follows, reach } = begun;
      const connection = await reachStore(reach);
      const table = connection.lockTable as Table;
      const me = { runId: owner, pid: 0, host: process.env.AWS_LAMBDA_FUNCTION_NAME ?? 'lambda' };
      const goesOn = follows === undefined ? {} : { resumedFrom: follows };
      const place = locate(input.place, connection.endpoint);
      const terms = asleep(longestPauseMs);
      const warn = openWarnings(owner, options);
      const onRestored = (message: string) => warn('lock.restored', message);
      const lock = createTableLock({ table, place, ...me, ...goesOn, clock: systemClock, terms, onRestored });
      await openRun(table, owner, systemClock.now(), false);
      const { expectAccount } = reach;
      const secrets = openVault(async () => connection);
      emitter = openEmitter(input, connection, secrets, { onMetrics: writeMetrics, ...options });
      const { emit, end } = emitter;
      const ports = createPorts({
        input,
        connection,
        secrets,
        options: { ...options, ...(expectAccount === undefined ? {} : { expectAccount }) },
        lock,
        emit,
        folder: null,
        execution,
      });
      return { ports, lock, end, stops: createTableStops(table, owner, hearsStopsSinceMs(begun)) };
    },

    async flush() {
      await emitter?.flush();
    },
  };

  async function beginAnew(event: SafeUpdateEvent): Promise<Begun> {
    const { region, roleArn, externalId, expectAccount, window, ...wanted } = event;
    const reach = {
      ...(region === undefined ? {} : { region }),
      ...(roleArn === undefined ? {} : { roleArn }),
      ...(externalId === undefined ? {} : { externalId }),
      ...(expectAccount === undefined ? {} : { expectAccount }),
    };
    const startedAtMs = systemClock.now();
    const runId = createRunId(new Date(startedAtMs));
    const connection = await reachStore(reach);
    const vault = openVault(async () => connection);
    const words = { ...wanted, ...(await resolveWindow(window)), onFailure: 'rollback' } as const;
    // Each invocation reads the secrets anew, and AWSCURRENT may have moved by then.
    const request = await pinVersions(await prepareRequest(words, vault), vault);
    const place = { ...connection.place, account: await connection.findAccount() };
    const input = { runId, place, startedAtMs, store: wanted.customKeyStoreId, request };
    return { ...code, input, owner: runId, reach };
  }

  async function goOn({ resume, change = {}, accept = [] }: ResumeEvent): Promise<Begun> {
    const left = requireLeft(await readHistory(resume));
    const vault = openVault(() => reachStore(left.begun.reach));
    const correction = await pinChange(await prepareCorrection(change, vault), vault);
    const startedAtMs = systemClock.now();
    const nextExecution = { ...code, startedAtMs };
    const begun = inherit(left, createRunId(new Date(startedAtMs)), nextExecution, correction, accept);
    if (begun === null) throw new InvalidInputError('that execution has sent nothing: start it again');
    return begun;
  }
}

/** Shown in CloudTrail beside the role. One for all runs, so that they share a client. */
const sessionName = 'cks-safe-update';
