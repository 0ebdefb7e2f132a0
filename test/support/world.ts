/**
 * A run against the simulator, in process and in virtual time: the real machine, host, steps, retry and shared Describe;
 * only the wire and the clock are ours.
 */

import { classify } from '../../src/aws/classify.ts';
import { createSend } from '../../src/aws/kms/client.ts';
import { createKeys } from '../../src/aws/kms/keys.ts';
import { createKms, type KmsOptions } from '../../src/aws/kms/kms.ts';
import { describeRequests } from '../../src/aws/kms/logged-send.ts';
import type { Send } from '../../src/aws/kms/send.ts';
import { createKnownSecrets } from '../../src/aws/known-secrets.ts';
import type { AskScheduler } from '../../src/aws/scheduler/client.ts';
import { createScheduler } from '../../src/aws/scheduler/scheduler.ts';
import type { Change } from '../../src/domain/change.ts';
import { type LoginRecord, noLogins, withoutOne } from '../../src/domain/logins.ts';
import type { RunResult } from '../../src/domain/outcome.ts';
import { defaultPolicy, type Policy } from '../../src/domain/policy.ts';
import type { Previous } from '../../src/domain/restorability.ts';
import type { ResumeState } from '../../src/domain/resume-state.ts';
import { createLocalHost } from '../../src/hosts/local.ts';
import type { Approver } from '../../src/ports/approver.ts';
import type { Check } from '../../src/ports/checks.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Host } from '../../src/ports/host.ts';
import type { KeyVerifier } from '../../src/ports/key-verifier.ts';
import type { Keys } from '../../src/ports/keys.ts';
import type { Kms } from '../../src/ports/kms.ts';
import type { StoreLock } from '../../src/ports/lock.ts';
import type { RunLog } from '../../src/ports/log.ts';
import type { OperatorPrompt } from '../../src/ports/operator-prompt.ts';
import type { ProgressEvent } from '../../src/ports/progress.ts';
import { SecretUnavailableError } from '../../src/ports/secrets.ts';
import { startRun } from '../../src/run/start.ts';
import {
  createSimulator,
  hungReply,
  lostReply,
  type Reply,
  type Simulator,
  SimulatorFault,
  type SimulatorOptions,
  type WorldSummary,
} from '../../src/simulator/index.ts';
import { noProver } from './key-verifiers.ts';
import { createMemoryLog } from './memory-log.ts';
import { decode, encode, unlimited } from './services-in-process.ts';
import { createTrace, type Trace } from './trace.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';
import {
  answerOnWire,
  createWireClient,
  type Echo,
  mayReachKms,
  type Obstruction,
  silentEcho,
  toSdkError,
  type WireAnswer,
} from './wire.ts';

export const minuteMs = 60_000;

/** Phases of 10 s instead of 5 min: the same arrows, a thirtieth of the looks. */
const shortDurations = {
  connect: { AWS_CLOUDHSM: 10_000, EXTERNAL_KEY_STORE: 10_000 },
  disconnect: { AWS_CLOUDHSM: 10_000, EXTERNAL_KEY_STORE: 10_000 },
} satisfies SimulatorOptions['durations'];

/** A request of ours, with the state and the cluster that the store truly had, and the state we had last been shown. */
export interface SentRequest {
  /** Ordinal of the process that sent it. */
  readonly process: number;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly trueState: string;
  readonly trueClusterId: string;
  /** The most logins in a row that a cluster has refused to kmsuser. */
  readonly badLogins: number;
  readonly shownState: string;
  readonly requestsInFlight: number;
  readonly atMs: number;
  /** A trial store was truly there; it may be, by all that we had been shown. */
  readonly isThrowAwayThere: boolean;
  /** A dead man's switch was armed, as far as anybody knows, and not taken away. */
  readonly isSwitchArmed: boolean;
  readonly isThrowAwayShown: boolean;
  /** KMS has carried it out, whatever was answered. */
  readonly isDone: boolean;
  readonly error?: string;
  /** What a Describe answered. */
  readonly shown?: StoreEntry;
}

/** An entry of DescribeCustomKeyStores. */
type StoreEntry = WorldSummary['stores'][number];

/** Lets other processes have a part in each Describe. */
type Share = KmsOptions['share'];

export interface World {
  readonly clock: VirtualClock;
  readonly simulator: Simulator;
  readonly trace: Trace;
  readonly events: ProgressEvent[];
  /** The requests about the run's own store. */
  readonly sent: SentRequest[];
  /** Those about the trial store of a trial connect, and the probes of rights. */
  readonly sentBeside: SentRequest[];
  readonly secrets: Map<string, string>;
  /** The logins that were counted per cluster; they outlive a process. */
  readonly logins: Map<string, LoginRecord>;
  /** Acts once, just before such a request, or one of this operation, reaches the simulator: for faults and external actors. */
  when(moment: string | ((operation: string) => boolean), act: () => void): void;
  /** KMS cannot be asked for so long: each request is answered so and not carried out, or carried out and not answered. */
  cutOff(how: 'ExpiredTokenException' | 'ECONNREFUSED' | 'lostReplies', forMs: number): void;
  /** Something stands between this machine and KMS. */
  obstruct(obstruction: Obstruction): void;
  /** All that a listener of the caller was told of requests. */
  readonly heard: readonly unknown[];
  /** What answers quote of a request. */
  echo: Echo;
  /** Asks the run for a stop. */
  readonly stop: AbortController;
  /** A port of its own to the simulator, as one process has it. */
  connect(clock?: Clock, share?: Share): Kms;
  /** All processes so far are gone: nothing of theirs is sent any more. */
  die(): void;
  /** Starts a run; somebody has to drive the clock. */
  start(request: RunOrder): Promise<RunResult>;
  /** Starts a run and drives it to its end. */
  run(request: RunOrder): Promise<RunResult>;
}

export interface RunOrder {
  readonly store: string;
  readonly change?: Change;
  readonly previous?: Previous;
  readonly policy?: Partial<Policy>;
  readonly checks?: readonly Check[];
  readonly keyVerifier?: KeyVerifier;
  readonly approver?: Approver;
  readonly operatorPrompt?: OperatorPrompt;
  readonly resumedFrom?: ResumeState;
  readonly lock?: StoreLock;
  readonly log?: RunLog;
  /** Default: this process, over the log. */
  readonly host?: Host;
  /** In the place of the run. */
  readonly work?: typeof startRun;
  /** Shared by runs of one process; default a port of its own. */
  readonly kms?: Kms;
  readonly random?: () => number;
  /** Default "run-1". */
  readonly runId?: string;
  /** Asks this run for a stop; default the world's. */
  readonly signal?: AbortSignal;
  /** The clock that this process reads, where that is wrong. */
  readonly now?: () => number;
  /** When the run began, where this one goes on with it. */
  readonly startedAtMs?: number;
}

const halfLatencyMs = 75;

const freeLock: StoreLock = {
  acquire: async () => null,
  confirm: async () => null,
  recordStep: () => undefined,
  release: async () => undefined,
};

/** As its client has it: a call without an answer is given up. */
const schedulerTimeoutMs = 30_000;

export function createWorld(options: SimulatorOptions = {}): World {
  return createWorldOf((now) => createSimulator({ seed: 1, durations: shortDurations, ...options, now }));
}

/** A world around a simulator of any make, on the clock that it is handed. */
export function createWorldOf(createSimulatorOn: (now: () => number) => Simulator): World {
  const clock = createVirtualClock();
  const simulator = createSimulatorOn(clock.now);
  const trace = createTrace();
  const secrets = new Map<string, string>();
  const logins = new Map<string, LoginRecord>();
  const events: ProgressEvent[] = [];
  const sent: SentRequest[] = [];
  const sentBeside: SentRequest[] = [];
  const throwAways = new Set<unknown>();
  const armed = new Set<unknown>();
  let shownState = 'unknown';
  let isThrowAwayShown = false;
  let requestsInFlight = 0;
  let processes = 0;
  let dead = 0;
  const obstructions: (Obstruction & { readonly untilMs: number })[] = [];
  const heard: unknown[] = [];
  const forgetSecrets: (() => void)[] = [];
  const hooks: { isTheMoment: (operation: string) => boolean; act: () => void }[] = [];

  function callHooks(operation: string): void {
    for (const hook of hooks.filter(({ isTheMoment }) => isTheMoment(operation))) {
      hooks.splice(hooks.indexOf(hook), 1);
      hook.act();
    }
  }

  /** What KMS answers. */
  function receive(operation: string, input: Readonly<Record<string, unknown>>): Reply {
    const reply = simulator.receive(operation, input, 'cks');
    if (operation !== 'CreateCustomKeyStore') return reply;
    const made = simulator.describeWorld().stores.filter((store) => isThrowAway(store));
    for (const { CustomKeyStoreId } of made) throwAways.add(CustomKeyStoreId);
    return reply;
  }

  /** What stands in the way of a call now. */
  function findObstruction(operation: string): Obstruction | undefined {
    return obstructions.find(
      (one) => clock.now() < one.untilMs && (one.operation === undefined || one.operation === operation),
    );
  }

  /** What the answer to a request says of a trial store; undefined: nothing. */
  function describeThrowAway(
    { operation, input, error }: SentRequest,
    output: object | undefined,
  ): boolean | undefined {
    if (operation === 'CreateCustomKeyStore') return output || isSilence(error) ? true : undefined;
    if (operation !== 'DescribeCustomKeyStores') return undefined;
    if ('CustomKeyStoreId' in input && !throwAways.has(input.CustomKeyStoreId)) return undefined;
    if (error === 'CustomKeyStoreNotFoundException') return false;
    return output && readStores(output).some(isThrowAway);
  }

  /** One request on its way to KMS and back, as it is kept for the judges. */
  async function ask(
    process: number,
    operation: string,
    input: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly answer: WireAnswer; readonly output: object | undefined }> {
    const isBeside = operation === 'CreateCustomKeyStore' || throwAways.has(input.CustomKeyStoreId) || isProbe(input);
    const word = `${isBeside ? 'beside ' : ''}${describeCall(operation, input)}`;
    await clock.sleep(halfLatencyMs);
    callHooks(operation);
    const request = {
      process,
      operation,
      input,
      ...readTruth(simulator, input.CustomKeyStoreId),
      isSwitchArmed: armed.size > 0,
      isThrowAwayThere: [...throwAways].some((id) => findEntry(simulator, id)),
      isThrowAwayShown,
      shownState,
      requestsInFlight,
      atMs: clock.now(),
    };
    world.echo.onEvent(input);
    const obstruction = findObstruction(operation);
    const reply = obstruction && !mayReachKms(obstruction) ? undefined : receive(operation, input);
    const answer = answerOnWire(obstruction, reply, input, world.echo);
    const { error } = answer;
    const output = error === undefined ? reply?.output : undefined;
    const shown = output && readStores(output)[0];
    const answered = {
      ...request,
      isDone: reply?.isDone ?? false,
      ...(error === undefined ? {} : { error }),
      ...(shown ? { shown } : {}),
    };
    const log = isBeside ? sentBeside : sent;
    log.push(answered);
    if (process > dead && !isBeside) shownState = shown?.ConnectionState ?? shownState;
    if (process > dead) isThrowAwayShown = describeThrowAway(answered, output) ?? isThrowAwayShown;
    trace.call(`${word}${error === undefined ? describeAnswer(output ?? {}) : `→${error}`}`);
    return { answer, output };
  }

  const createWireSend = (process: number): Send => {
    const findCredentials = async () => {
      const isStuck = obstructions.some(({ how, untilMs }) => how === 'credentialProcess' && clock.now() < untilMs);
      if (isStuck) await new Promise(() => undefined);
      return { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'unused' };
    };
    const client = createWireClient(
      clock,
      findCredentials,
      async (operation, input) => (await ask(process, operation, input)).answer,
    );
    const send = describeRequests(
      createSend(() => client),
      clock.now,
      (request) => heard.push(request),
    );
    return async (operation, input, signal) => {
      // A process that died sends nothing more, whatever its promises still do.
      if (process <= dead) return new Promise(() => undefined);
      requestsInFlight += 1;
      try {
        return await send(operation, input, signal);
      } finally {
        await clock.sleep(halfLatencyMs);
        if (process > dead) requestsInFlight -= 1;
        // Nobody is there any more to hear the answer.
        else await new Promise(() => undefined);
      }
    };
  };

  /** EventBridge Scheduler, as the same process asks it. */
  const createSchedulerClient = (process: number) => {
    const call = (operation: string) => async (input: Readonly<Record<string, unknown>>) => {
      const never = () => new Promise<never>(() => undefined);
      if (process <= dead) return never();
      await clock.sleep(halfLatencyMs);
      callHooks(operation);
      const obstruction = findObstruction(operation);
      const reply = obstruction && !mayReachKms(obstruction) ? undefined : simulator.receive(operation, input, 'cks');
      const { error, afterMs = Number.POSITIVE_INFINITY, finish } = answerOnWire(obstruction, reply, input, world.echo);
      // What is answered with silence may have been carried out.
      if (operation === 'CreateSchedule' && (reply?.output || isSilence(error))) armed.add(input.Name);
      const isGone = reply?.output || reply?.fault?.name === 'ResourceNotFoundException';
      if (operation === 'DeleteSchedule' && isGone) armed.delete(input.Name);
      trace.call(`${operation}${error === undefined ? '' : `→${error}`}`);
      await clock.sleep(Math.min(Math.max(afterMs, halfLatencyMs), schedulerTimeoutMs));
      if (process <= dead) return never();
      if (afterMs > schedulerTimeoutMs) throw toSdkError(new SimulatorFault({ name: hungReply }), '', input);
      return finish().output;
    };
    const [create, get, remove] = ['CreateSchedule', 'GetSchedule', 'DeleteSchedule'].map(call);
    return { createSchedule: create, getSchedule: get, deleteSchedule: remove } as unknown as Parameters<
      Parameters<AskScheduler>[0]
    >[0];
  };

  /** What one process asks about keys, in the way of every request: late, obstructed, or after its death never answered. */
  const createWorldKeys = (process: number, ownClock: Clock): Keys =>
    createKeys(async (operation, input) => {
      const never = () => new Promise<never>(() => undefined);
      if (process <= dead) return never();
      await clock.sleep(halfLatencyMs);
      callHooks(operation);
      const obstruction = findObstruction(operation);
      const reply =
        obstruction && !mayReachKms(obstruction) ? undefined : simulator.receive(operation, encode(input), 'cks');
      const { error, afterMs = Number.POSITIVE_INFINITY, finish } = answerOnWire(obstruction, reply, input, world.echo);
      if (operation === 'EnableKey' || operation === 'DisableKey')
        trace.call(`${operation}${error === undefined ? '' : `→${error}`}`);
      await clock.sleep(Math.min(Math.max(afterMs, halfLatencyMs), schedulerTimeoutMs));
      if (process <= dead) return never();
      if (afterMs > schedulerTimeoutMs) throw toSdkError(new SimulatorFault({ name: hungReply }), '', input);
      const { output, ...answer } = finish();
      return { ...answer, output: decode(output) };
    }, ownClock);

  const createAskScheduler =
    (process: number): AskScheduler =>
    async (question) => {
      try {
        return { ok: true, value: await question(createSchedulerClient(process), unlimited) };
      } catch (error) {
        return { ok: false, failure: classify(error) };
      }
    };

  const world: World = {
    clock,
    simulator,
    trace,
    events,
    sent,
    sentBeside,
    secrets,
    logins,
    when(moment, act) {
      const isTheMoment = typeof moment === 'string' ? (operation: string) => operation === moment : moment;
      hooks.push({ isTheMoment, act });
    },
    heard,
    echo: silentEcho,
    cutOff: (how, forMs) => world.obstruct({ how, forMs }),
    obstruct(obstruction) {
      obstructions.unshift({ ...obstruction, untilMs: clock.now() + obstruction.forMs });
    },
    stop: new AbortController(),
    connect(ownClock = clock, share = undefined) {
      processes += 1;
      return createKms(createWireSend(processes), ownClock, { share });
    },
    die() {
      dead = processes;
      for (const forget of forgetSecrets.splice(0)) forget();
      world.echo.forget();
      requestsInFlight = 0;
    },
    run: (request) => clock.drive(world.start(request)),
    start({
      store,
      change = {},
      previous = {},
      policy = {},
      checks = [],
      keyVerifier,
      approver,
      operatorPrompt,
      resumedFrom,
      lock,
      log,
      host,
      startedAtMs,
      work = startRun,
      kms,
      random,
      runId,
      signal,
      now,
    }) {
      const ownClock = now ? { ...clock, now } : clock;
      const port = kms ?? world.connect(ownClock);
      const process = processes;
      // As the vault of a process has them.
      const known = createKnownSecrets();
      forgetSecrets.push(() => known.clear());
      const ports = {
        kms: port,
        secrets: {
          async resolve(reference: string) {
            const value = secrets.get(reference);
            if (value === undefined) throw new SecretUnavailableError(`${reference} leads nowhere`);
            known.add(value);
            return value;
          },
        },
        checks,
        keyVerifier: keyVerifier ?? noProver,
        keys: createWorldKeys(process, ownClock),
        ...(approver ? { approver } : {}),
        ...(operatorPrompt ? { operatorPrompt } : {}),
        lock: lock ?? freeLock,
        logins: {
          read: async (clusterId: string) => logins.get(clusterId) ?? noLogins,
          async write(clusterId: string, record: LoginRecord) {
            if (process > dead) logins.set(clusterId, record);
          },
          async takeBack(clusterId: string) {
            if (process > dead) logins.set(clusterId, withoutOne(logins.get(clusterId) ?? noLogins));
          },
        },
        scheduler: createScheduler(createAskScheduler(process)),
        clock: ownClock,
        random: random ?? (() => 0),
        host: host ?? createLocalHost(log ?? createMemoryLog(), ownClock),
        progress: (event: ProgressEvent) => process > dead && events.push(event),
      };
      const input = {
        runId: runId ?? 'run-1',
        store,
        place: { region: simulator.region, account: simulator.accountId },
        request: { change, previous, policy: { ...defaultPolicy, ...policy } },
        startedAtMs: startedAtMs ?? clock.now(),
        ...(resumedFrom ? { resumedFrom } : {}),
      };
      return work(ports, input, { inspect: trace.inspect, signal: signal ?? world.stop.signal });
    },
  };
  return world;
}

const shortNames: Readonly<Record<string, string>> = {
  DescribeCustomKeyStores: 'Describe',
  UpdateCustomKeyStore: 'Update',
  ConnectCustomKeyStore: 'Connect',
  DisconnectCustomKeyStore: 'Disconnect',
  CreateCustomKeyStore: 'Create',
  DeleteCustomKeyStore: 'Delete',
};

export const isThrowAway = ({ CustomKeyStoreName }: StoreEntry) => CustomKeyStoreName.startsWith('cks-trial-');
const isSilence = (error: string | undefined) => error === lostReply || error === hungReply;
const isProbe = ({ CustomKeyStoreId }: Readonly<Record<string, unknown>>) =>
  String(CustomKeyStoreId).startsWith('cks-permission-probe-');

function describeCall(operation: string, input: Readonly<Record<string, unknown>>): string {
  const short = shortNames[operation] ?? operation;
  if (short !== 'Update') return short;
  return `${short}(${Object.keys(input)
    .filter((key) => key !== 'CustomKeyStoreId')
    .join(' ')})`;
}

/** The store as it truly is now; undefined where there is none. */
export const findStore = ({ simulator }: Pick<World, 'simulator'>, store: string) => findEntry(simulator, store);

function findEntry(simulator: Simulator, id: unknown): StoreEntry | undefined {
  try {
    return simulator.store(String(id));
  } catch {
    return undefined;
  }
}

function readTruth(simulator: Simulator, id: unknown): Pick<SentRequest, 'trueState' | 'trueClusterId' | 'badLogins'> {
  const store = findEntry(simulator, id);
  const badLogins = simulator
    .describeWorld()
    .clusters.map(({ clusterId }) => simulator.cluster(clusterId).kmsuser.badLogins);
  return {
    trueState: store?.ConnectionState ?? 'unknown',
    trueClusterId: store?.CloudHsmClusterId ?? 'none',
    badLogins: Math.max(0, ...badLogins),
  };
}

function readStores(output: object): readonly StoreEntry[] {
  return (output as { readonly CustomKeyStores?: readonly StoreEntry[] }).CustomKeyStores ?? [];
}

function describeAnswer(output: object): string {
  const [store] = readStores(output);
  if (!store) return '';
  return `→${store.ConnectionState}${store.ConnectionErrorCode ? ` ${store.ConnectionErrorCode}` : ''}`;
}
