/**
 * A rotation against the simulator, in process and in virtual time: the real steps, machine and adapters; only the wire, the
 * clock and the administration of the proxy are ours. Every call goes through one gate, which writes it down and may be the
 * last thing that a process does.
 */
import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { classify } from '../../src/aws/classify.ts';
import { createKeys } from '../../src/aws/kms/keys.ts';
import { createKms } from '../../src/aws/kms/kms.ts';
import type { Send } from '../../src/aws/kms/send.ts';
import { createSecretVersions } from '../../src/aws/secrets-manager/secret-versions.ts';
import { createSecretsManager } from '../../src/aws/secrets-manager/secrets-manager.ts';
import type { Ask } from '../../src/aws/service-client.ts';
import { createXksProxyChecks } from '../../src/checks/xks-proxy/index.ts';
import { noLogins } from '../../src/domain/logins.ts';
import type { RunResult } from '../../src/domain/outcome.ts';
import { createLocalHost } from '../../src/hosts/local.ts';
import { createCanaryVerifier } from '../../src/key-verification/key-verifier.ts';
import { RotationError, type RotationResult } from '../../src/lambda/rotation/index.ts';
import { type RotationPorts, rotate } from '../../src/lambda/rotation/rotate.ts';
import type { SettingsUpdate } from '../../src/lambda/rotation/turn.ts';
import type { ProxyCredentials } from '../../src/ports/proxy-credentials.ts';
import type { ProxyReply, ProxyRequest, XksProxy } from '../../src/ports/xks-proxy.ts';
import { prepareRequest } from '../../src/run/prepare.ts';
import { startRun } from '../../src/run/start.ts';
import { createVault } from '../../src/secrets/vault.ts';
import {
  createSimulator,
  type Simulator,
  SimulatorFault,
  type SimulatorOptions,
  type StoreDescription,
} from '../../src/simulator/index.ts';
import { foldLines, foldPairs } from './fold.ts';
import { createMemoryLog } from './memory-log.ts';
import { createKeySend, unlimited } from './services-in-process.ts';
import { oldCredential, oldEndpoint } from './stores.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

/** A rotation arms no switch. */
const neverAsked = async (): Promise<never> => {
  throw new Error('no switch is armed by a rotation');
};

/** It is on AWS's list. */
const amazonRootCa1 = '8ECDE6884F3D87B1125BA31AC3FCB13D7016DE7F57CC904FE1CB97C6AE98196E';

export const secretName = 'xks/payments';
const storeName = 'xks';
export const minuteMs = 60_000;
const steps = ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const;
type Step = (typeof steps)[number];

/** Version ids, which are the tokens of rotations; `0` is there before the first. */
export const version = (name: string) => name.repeat(32);

export type Told = RotationResult | { readonly step: Step; readonly refused: string };

export interface RotationWorld {
  readonly clock: VirtualClock;
  readonly simulator: Simulator;
  /**
   * Each call in its order: `a.setSecret: Describe→CONNECTED 0`. Credentials are named by their version. Without `everything`
   * what checks and canaries look at beside is left out.
   */
  trace(everything?: 'everything'): readonly string[];
  /** How many calls there were. */
  count(): number;
  /** Does something just before the call that begins so. */
  when(word: string, act: () => void): void;
  /** What was to be done before a call is not done any more. */
  forgetHooks(): void;
  /** The process that sends this call does not live to hear its answer. Null: none. */
  killAt: number | null;
  /** What the administration of the proxy does, beside what it was asked for. */
  hook: Partial<ProxyCredentials>;
  /** Of the function. Default 15 minutes. */
  timeoutMs: number;
  accept: RotationPorts['terms']['accept'];
  requireKeyVerification: boolean;
  storeId: string | undefined;
  /** The function cannot reach the proxy, where KMS can. */
  isProxyFar: boolean;
  /** By how much the clock of the function is ahead of all others. */
  skewMs: number;
  /** Secrets Manager says in its answers when it is. */
  hasDate: boolean;
  otherPlaces: Awaited<ReturnType<RotationPorts['reachStore']>>['otherPlaces'];
  /** Every call of ours after which AWSCURRENT, or the credential of a store, works no more. */
  readonly faults: string[];
  /** The test of Secrets Manager: testSecret alone, with a version that is removed afterwards. */
  tryOut(kind: 'copy' | 'empty'): Promise<Told | null>;
  /** What an operator does to the world; what is refused is refused. */
  act(work: (simulator: Simulator) => void): void;
  /** One call of the function, as Secrets Manager makes it; null: it was killed. Somebody has to drive the clock. */
  start(token: string, step: Step): Promise<Told | null>;
  /** The same, driven to its end. */
  call(token: string, step: Step): Promise<Told | null>;
  /** The four steps, until one is refused or killed. */
  rotate(token: string): Promise<readonly (Told | null)[]>;
  /** Several rotations side by side. */
  rotateAll(...tokens: readonly string[]): Promise<readonly (readonly (Told | null)[])[]>;
  /** Labels by version. */
  labels(): Readonly<Record<string, readonly string[]>>;
  /** The AccessKeyIds that the proxy takes, by version. */
  taken(): readonly string[];
  /** That which KMS uses, by version. */
  inForce(): string;
  /** The credential that is AWSCURRENT, and the one that KMS uses, are taken by the proxy. */
  works(): boolean;
  /** Everything that was written, for a search for secrets. */
  readonly written: unknown[];
}

const latencyMs = 40;

export interface Staged {
  readonly store?: StoreDescription;
  readonly secretText?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Of the KMS key that the secret is encrypted with. */
  readonly keyId?: string;
  readonly simulator?: Omit<SimulatorOptions, 'now'>;
}

export function createRotationWorld({ store = {}, secretText, tags = {}, ...staged }: Staged = {}): RotationWorld {
  const clock = createVirtualClock();
  const simulator = createSimulator({ seed: 1, ...staged.simulator, now: clock.now });
  const storeId = simulator.addStore({
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    CustomKeyStoreName: storeName,
    ConnectionState: 'CONNECTED',
    XksProxyUriEndpoint: oldEndpoint,
    XksProxyAuthenticationCredential: oldCredential,
    keys: 2,
    ...store,
  });
  simulator.addProxy({
    endpoint: oldEndpoint,
    credentials: { [oldCredential.AccessKeyId]: oldCredential.RawSecretAccessKey },
  });
  simulator.addSecret({
    Name: secretName,
    SecretString: secretText ?? JSON.stringify(oldCredential),
    VersionId: version('0'),
    RotationEnabled: true,
    ...(staged.keyId === undefined ? {} : { KmsKeyId: staged.keyId }),
    Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
  });

  const lines: { readonly who: string; word: string }[] = [];
  const written: unknown[] = [];
  const hooks: { word: string; act: () => void }[] = [];
  const names = new Set(['0']);
  let count = 0;
  /** When an operator acted last. */
  let acted = { count: Number.NEGATIVE_INFINITY, atMs: Number.NEGATIVE_INFINITY };

  /** Names credentials by the version that holds them, so that a trace is the same whatever chance gave. */
  function nameIds(text: string): string {
    return Object.entries(readAll()).reduce((named, [id, name]) => named.replaceAll(id, name), text);
  }

  /** AccessKeyId -> version. */
  function readAll(): Readonly<Record<string, string>> {
    const entries = [...names].reverse().flatMap((name) => {
      const { output } = simulator.receive('GetSecretValue', { SecretId: secretName, VersionId: version(name) });
      const { AccessKeyId } = readJson((output as { SecretString?: string })?.SecretString);
      return typeof AccessKeyId === 'string' ? [[AccessKeyId, name]] : [];
    });
    return Object.fromEntries([[oldCredential.AccessKeyId, '0'], ...entries]);
  }

  /** Whatever a test is about: nothing that was written holds a secret. */
  function requireNoSecret(): void {
    const values = [...names].map((name) => {
      const { output } = simulator.receive('GetSecretValue', { SecretId: secretName, VersionId: version(name) });
      return readJson((output as { SecretString?: string })?.SecretString).RawSecretAccessKey;
    });
    const text = JSON.stringify([written.slice(-60), lines.slice(-80), simulator.calls.slice(-80)]);
    const found = values.filter((secret) => typeof secret === 'string' && secret.length > 20 && text.includes(secret));
    if (found.length > 0) throw new Error('a secret was written');
  }

  const stores = () =>
    simulator.describeWorld().stores.filter(({ XksProxyConfiguration: proxy }) => proxy?.UriEndpoint === oldEndpoint);

  /** By store, the AccessKeyId that it uses, since which call, and the one that its hosts may use still. */
  const used = new Map<string, { readonly now: string; readonly before: string; readonly count: number }>();
  function followStores(): void {
    for (const { CustomKeyStoreId: id, XksProxyConfiguration } of stores()) {
      const { AccessKeyId: now = '' } = XksProxyConfiguration ?? {};
      const known = used.get(id);
      if (known?.now !== now) used.set(id, { now, before: known?.now ?? now, count });
    }
  }

  /** The stores, and AWSCURRENT, whose credential the proxy does not accept. */
  function findBroken(): readonly string[] {
    const { credentials = {} } = simulator.proxy(oldEndpoint);
    const { output } = simulator.receive('GetSecretValue', { SecretId: secretName });
    const { AccessKeyId, RawSecretAccessKey } = readJson((output as { SecretString?: string })?.SecretString);
    const broken = stores().flatMap(({ CustomKeyStoreId: id, XksProxyConfiguration }) => {
      const isLagging = simulator.hostsEffectiveAtMs(id).some((atMs) => atMs > clock.now());
      const ids = [XksProxyConfiguration?.AccessKeyId ?? '', ...(isLagging ? [used.get(id)?.before ?? ''] : [])];
      return ids.every((one) => one in credentials) ? [] : [id];
    });
    return credentials[String(AccessKeyId)] === RawSecretAccessKey ? broken : [...broken, 'AWSCURRENT'];
  }

  /** Whether the store uses another credential than that of the version, and did so as the step looked last. */
  function isKnownUnused(name: string): boolean {
    const { output } = simulator.receive('GetSecretValue', { SecretId: secretName, VersionId: version(name) });
    const { AccessKeyId } = readJson((output as { SecretString?: string })?.SecretString);
    const { now, count: sinceCount = count } = used.get(world.storeId ?? storeId) ?? {};
    return now !== AccessKeyId && count - sinceCount > 2 && Object.keys(simulator.staleReads).length === 0;
  }

  /** An operator who acts just before a call of ours, or whose act a stale read hides, is seen by nobody. */
  function judge({ who, word }: { readonly who: string; readonly word: string }, before: readonly string[]): void {
    followStores();
    const staleMs = Object.keys(simulator.staleReads).length > 0 ? minuteMs : 0;
    const isUnseen = count - acted.count <= 3 || clock.now() - acted.atMs <= 2_000 + staleMs;
    const told = nameIds(`${who}: ${word}`);
    const broken = findBroken().filter((one) => !before.includes(one));
    if (broken.length > 0 && !isUnseen) world.faults.push(`${told} broke ${broken.join(', ')}`);
    const [token = ''] = who.split('.');
    if (word.startsWith('Move AWSCURRENT') && isKnownUnused(token)) {
      world.faults.push(`${told} while the store uses another credential`);
    }
  }

  /** `mourn`: called when it is killed. */
  function openProcess(who: string, mourn: () => void) {
    let isDead = false;
    const never = () => new Promise<never>(() => undefined);

    /** `effect`: what the other side does, and what is written of it. */
    return async function gate<T>(word: string, effect: () => Promise<{ value: T; told?: string }>): Promise<T> {
      if (isDead) return never();
      await clock.sleep(latencyMs);
      if (isDead) return never();
      for (const hook of hooks.filter((one) => word.startsWith(one.word))) {
        hooks.splice(hooks.indexOf(hook), 1);
        hook.act();
      }
      count += 1;
      const isLast = count === world.killAt;
      isDead ||= isLast;
      const line = { who, word };
      lines.push(line);
      const mayBreak = /^(hook|Update|Move AWSCURRENT)/.test(word);
      if (mayBreak) followStores();
      const before = mayBreak ? findBroken() : [];
      const end = (told = '') => {
        line.word = `${word}${told}${isLast ? ' (killed)' : ''}`;
      };
      try {
        const { value, told } = await effect();
        if (mayBreak) judge(line, before);
        end(told);
        if (isLast) mourn();
        return isLast ? never() : value;
      } catch (error) {
        end(`→${(error as Error).name}`);
        if (isLast) mourn();
        if (isLast) return never();
        throw error;
      }
    };
  }

  type Gate = ReturnType<typeof openProcess>;

  /** As the SDK has it, with blobs and dates. */
  const createSend = (gate: Gate): Send => {
    const send = createKeySend(simulator);
    return (operation, input) =>
      gate(describeKmsCall(operation, input), async () => {
        const value = await send(operation, input);
        return { value, told: describeAnswer(value.output) };
      });
  };

  const createAskAbout = (gate: Gate) => () => {
    const client = new Proxy({} as Readonly<Record<string, (input: object) => Promise<unknown>>>, {
      get: (_, method) => (input: object) => {
        const operation = String(method).replace(/^./, (first) => first.toUpperCase());
        return gate(describeSecretCall(operation, input), async () => {
          const { output, fault } = simulator.receive(operation, input, 'cks');
          if (fault) throw Object.assign(new Error(fault.message), { name: fault.name, $metadata: { requestId: 'r' } });
          const date = new Date(clock.now()).toUTCString();
          return { value: { ...output, $metadata: world.hasDate ? { date } : {} } };
        });
      },
    });
    const ask: Ask<SecretsManager> = async (question) => {
      try {
        return { ok: true, value: await question(client as unknown as SecretsManager, unlimited) };
      } catch (error) {
        return { ok: false, failure: classify(error) };
      }
    };
    return ask;
  };

  const openProxy = (gate: Gate): XksProxy => ({
    locate: (endpoint) => endpoint,
    greet: async () => ({
      kind: 'met',
      certificate: {
        names: ['old.xks.example.com'],
        expiresAtMs: clock.now() + 90 * 86_400_000,
        commonNameFits: true,
        chain: [{ sha256: amazonRootCa1, isAdded: false }],
        issuer: 'Amazon Root CA 1',
        flaw: null,
      },
    }),
    ask: ({ endpoint, path, resource, method, credential, body }: ProxyRequest) =>
      gate<ProxyReply>(`proxy.${resource} ${credential.AccessKeyId}${method === 'GET' ? ' (GET)' : ''}`, async () => {
        const isAuthentic = (known: Readonly<Record<string, string>>) =>
          known[credential.AccessKeyId] === credential.RawSecretAccessKey;
        if (world.isProxyFar) {
          return { value: { kind: 'failed', trouble: 'noConnection', detail: 'far' } as const, told: '→far' };
        }
        const text = JSON.stringify(body);
        const reply = simulator.askProxy({ endpoint, path, resource, method, body: text, isAuthentic });
        const value: ProxyReply =
          reply.kind === 'answered'
            ? { kind: 'answered', status: reply.status, json: readJson(reply.body), aheadMs: 0, elapsedMs: 20 }
            : { kind: 'failed', trouble: reply.kind === 'timedOut' ? 'timedOut' : 'noConnection', detail: reply.kind };
        return { value, told: `→${reply.kind === 'answered' ? reply.status : reply.kind}` };
      }),
  });

  /** Adds to the credentials that the proxy takes, or takes away, then does what the test wants. */
  const openHook = (gate: Gate): ProxyCredentials => {
    const proxy = () => simulator.proxy(oldEndpoint);
    return {
      establish: (credential, terms) =>
        gate(`hook.establish ${credential.AccessKeyId}`, async () => {
          const { AccessKeyId, RawSecretAccessKey } = credential;
          proxy().credentials = { ...proxy().credentials, [AccessKeyId]: RawSecretAccessKey };
          await world.hook.establish?.(credential, terms);
          return { value: undefined };
        }),
      retire: (credential, terms) =>
        gate(`hook.retire ${credential.AccessKeyId}`, async () => {
          await world.hook.retire?.(credential, terms);
          const { [credential.AccessKeyId]: _, ...others } = proxy().credentials ?? {};
          proxy().credentials = others;
          return { value: undefined };
        }),
    };
  };

  /** `skewMs`: by how much the clock of the function is ahead. */
  function open(gate: Gate, skewMs: number): RotationPorts {
    const own = { now: () => clock.now() + skewMs, awakeMs: clock.awakeMs, sleep: clock.sleep };
    const askAbout = createAskAbout(gate);
    const send = createSend(gate);
    const kms = createKms(send, own);
    const keys = createKeys(send, own);
    const proxy = openProxy(gate);
    const random = () => 0;
    const update = async (input: SettingsUpdate): Promise<RunResult> => {
      const vault = createVault({ environment: {}, readSecret: createSecretsManager(askAbout) });
      const { checks, keyVerifier, signal, ...asked } = input;
      const request = await prepareRequest(asked, vault);
      written.push(request);
      const ports = {
        kms,
        keys,
        secrets: vault,
        checks: [
          ...createXksProxyChecks(request, { proxy, secrets: vault, listKeys: keys.list, clock: own }),
          ...checks,
        ],
        keyVerifier:
          keyVerifier ??
          createCanaryVerifier({ keys, clock: own, random, kept: { read: async () => [], write: async () => {} } }),
        lock: {
          acquire: async () => null,
          confirm: async () => null,
          recordStep: () => undefined,
          release: async () => undefined,
        },
        logins: { read: async () => noLogins, write: async () => undefined, takeBack: async () => undefined },
        scheduler: { arm: neverAsked, disarm: neverAsked },
        clock: own,
        random,
        host: createLocalHost(createMemoryLog(), own),
        progress: (event: unknown) => void written.push(event),
      };
      const place = { region: simulator.region, account: simulator.accountId };
      const { customKeyStoreId } = asked;
      const run = { runId: 'run-1', store: customKeyStoreId, place, request, startedAtMs: own.now() };
      const result = await startRun(ports, run, { signal });
      written.push(result);
      return result;
    };
    return {
      secrets: createSecretVersions(askAbout),
      hook: openHook(gate),
      clock: own,
      random,
      terms: { accept: world.accept, requireKeyVerification: world.requireKeyVerification },
      reachStore: async ({ tags: told }) => ({
        customKeyStoreId: world.storeId ?? told['cks:customKeyStoreId'] ?? storeId,
        kms,
        otherPlaces: world.otherPlaces,
        keys,
        proxy,
        update,
      }),
    };
  }

  async function startAll(token: string): Promise<readonly (Told | null)[]> {
    const told: (Told | null)[] = [];
    for (const step of steps) {
      const one = await world.start(token, step);
      told.push(one);
      if (one === null || 'refused' in one) break;
    }
    return told;
  }

  const world: RotationWorld = {
    clock,
    simulator,
    trace: (everything) =>
      foldLines(
        lines
          .filter(({ word }) => everything !== undefined || !isBeside(word))
          .map(({ who, word }) => nameIds(`${who}: ${word}`)),
      ),
    count: () => count,
    when: (word, act) => hooks.push({ word, act }),
    forgetHooks: () => void hooks.splice(0),
    killAt: null,
    hook: {},
    timeoutMs: 15 * minuteMs,
    accept: [],
    requireKeyVerification: true,
    storeId: undefined,
    isProxyFar: false,
    skewMs: 0,
    hasDate: true,
    otherPlaces: [],
    faults: [],
    written,
    async start(token, step) {
      names.add(token);
      let mourn = (): void => undefined;
      const killed = new Promise<null>((resolve) => {
        mourn = () => resolve(null);
      });
      const gate = openProcess(`${token}.${step}`, () => mourn());
      const endsAtMs = clock.now() + world.timeoutMs;
      const event = { Step: step, SecretId: secretName, ClientRequestToken: version(token) };
      const context = { getRemainingTimeInMillis: () => endsAtMs - clock.now() };
      const called = rotate(open(gate, world.skewMs), event, context).catch((error: unknown) => {
        if (!(error instanceof RotationError)) throw error;
        written.push(error.message, error.stack);
        return { step, refused: nameIds(error.message) };
      });
      const told = await Promise.race([called, killed]);
      written.push(told);
      requireNoSecret();
      return told;
    },
    call: (token, step) => clock.drive(world.start(token, step)),
    async tryOut(kind) {
      const token = 'e';
      const rotation = { SecretId: secretName, ClientRequestToken: version(token), RotateImmediately: false };
      if (kind === 'copy') world.act(() => simulator.call('RotateSecret', rotation));
      else simulator.addSecret({ Name: secretName, VersionId: version(token), VersionStages: ['AWSPENDING'] });
      const told = await world.call(token, 'testSecret');
      if (world.labels()[token]?.includes('AWSPENDING')) {
        const removed = { VersionStage: 'AWSPENDING', RemoveFromVersionId: version(token) };
        simulator.call('UpdateSecretVersionStage', { SecretId: secretName, ...removed });
      }
      return told;
    },
    act(work) {
      acted = { count, atMs: clock.now() };
      try {
        work(simulator);
      } catch (error) {
        if (!(error instanceof SimulatorFault)) throw error;
      }
      followStores();
    },
    rotate: (token) => clock.drive(startAll(token)),
    rotateAll: (...tokens) => clock.drive(Promise.all(tokens.map(startAll))),
    labels() {
      const output = simulator.call('DescribeSecret', { SecretId: secretName }) as {
        readonly VersionIdsToStages: Readonly<Record<string, readonly string[]>>;
      };
      return Object.fromEntries(
        Object.entries(output.VersionIdsToStages).map(([id, stages]) => [
          /^(.)\1{31}$/.test(id) ? id.charAt(0) : nameNotes(stages),
          stages.map((stage) => stage.replace(/(.)\1{31}$/, '$1')),
        ]),
      );
    },
    taken: () => Object.keys(simulator.proxy(oldEndpoint).credentials ?? {}).map(nameIds),
    works() {
      const { output } = simulator.receive('GetSecretValue', { SecretId: secretName });
      const { AccessKeyId, RawSecretAccessKey } = readJson((output as { SecretString: string }).SecretString);
      const { credentials = {} } = simulator.proxy(oldEndpoint);
      const used = simulator.store(storeId).XksProxyConfiguration?.AccessKeyId ?? '';
      return credentials[String(AccessKeyId)] === RawSecretAccessKey && used in credentials;
    },
    inForce: () => nameIds(simulator.store(storeId).XksProxyConfiguration?.AccessKeyId ?? 'none'),
  };
  return world;
}

/** A version that holds no credential. */
const nameNotes = (stages: readonly string[]) => (stages.includes('cks-leftovers') ? 'leftovers' : 'canaries');

const isBeside = (word: string) =>
  /^(ListKeys|DescribeKey|GetKeyLastUsage)|^(Encrypt|Decrypt)→DryRun|^proxy\.keys|\(GET\)/.test(word);

function readJson(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    return { ...JSON.parse(text ?? '') };
  } catch {
    return {};
  }
}

function describeKmsCall(operation: string, input: Readonly<Record<string, unknown>>): string {
  const short = operation.replace('CustomKeyStores', '').replace('CustomKeyStore', '');
  const { XksProxyAuthenticationCredential: credential } = input as {
    readonly XksProxyAuthenticationCredential?: { readonly AccessKeyId: string };
  };
  return credential ? `${short} ${credential.AccessKeyId}` : short;
}

function describeAnswer(output: Readonly<Record<string, unknown>>): string {
  const [store] = (output.CustomKeyStores ?? []) as readonly {
    readonly ConnectionState: string;
    readonly XksProxyConfiguration?: { readonly AccessKeyId: string };
  }[];
  return store ? `→${store.ConnectionState} ${store.XksProxyConfiguration?.AccessKeyId ?? ''}` : '';
}

function describeSecretCall(operation: string, input: object): string {
  const { VersionId, ClientRequestToken, VersionStage, VersionStages, RemoveFromVersionId, MoveToVersionId } =
    input as Readonly<Record<string, unknown>>;
  const short = (id: unknown) => String(id ?? '-').replace(/^(.)\1{31}$|^.{36}$/, '$1') || 'canaries';
  const label = String(VersionStage).replace(/(.)\1{31}$/, '$1');
  switch (operation) {
    case 'GetSecretValue':
      return `Get ${short(VersionId)}${VersionStage === undefined ? '' : ` ${label}`}`;
    case 'PutSecretValue':
      return `Put ${short(ClientRequestToken)} ${String(VersionStages)}`;
    case 'UpdateSecretVersionStage':
      return `Move ${label} ${short(RemoveFromVersionId)}→${short(MoveToVersionId)}`;
    default:
      return operation;
  }
}

export const done = ['done', 'done', 'done', 'done'];

export function show({ labels, taken, inForce, works }: RotationWorld) {
  return { labels: labels(), taken: taken(), inForce: inForce(), works: works() };
}

/** Of each step its outcome, or why it was refused. */
export function outcomes(told: readonly (Told | null)[]): readonly (string | null)[] {
  return told.map((one) => one && ('refused' in one ? one.refused : one.outcome));
}

/** After a whole rotation to this version. */
export function rotatedTo(name: string, previous = '0') {
  return {
    labels: { [previous]: ['AWSPREVIOUS'], [name]: ['AWSPENDING', 'AWSCURRENT'], canaries: ['cks-canaries'] },
    taken: [name],
    inForce: name,
    works: true,
  };
}

const stepOf = (line: string) => line.slice(0, line.indexOf(': '));

/** Consecutive lines of one call of a step. */
function groupBySteps(lines: readonly string[]): readonly (readonly string[])[] {
  const groups: string[][] = [];
  for (const line of lines) {
    const last = groups.at(-1);
    if (last?.[0] !== undefined && stepOf(last[0]) === stepOf(line)) last.push(line);
    else groups.push([line]);
  }
  return groups;
}

/** The same for every token and at every time. */
function normalize(lines: readonly string[]): readonly string[] {
  const [token = ''] = (lines[0] ?? '').split('.');
  const ofToken = new RegExp(`\\b${token}\\b`, 'g');
  return lines.map((line) => line.replace(ofToken, 'TOKEN').replace(/\d{8}T[\d.]+Z/, 'TIME'));
}

/** How many lines two steps have in common, from where they begin. */
function countCommon(one: readonly string[], other: readonly string[]): number {
  const differsAt = one.findIndex((line, at) => line !== other[at]);
  return differsAt < 0 ? one.length : differsAt;
}

/** The lines of a step; how it begins or ends as the undisturbed one does, is a line if it has three or more. */
function abridge(lines: readonly string[], usual: readonly string[]): readonly string[] {
  const own = normalize(lines);
  const step = stepOf(lines[0] ?? '');
  if (own.join('\n') === usual.join('\n')) return [`${step}: as usual`];
  const first = countCommon(own, usual);
  const last = countCommon(own.slice(first).reverse(), usual.slice(first).reverse());
  const begin = first > 2 ? first : 0;
  const end = lines.length - (last > 2 ? last : 0);
  const wordOf = (at: number) => lines[at]?.slice(step.length + 2);
  return [
    ...(begin > 0 ? [`${step}: as usual for ${begin} lines, to ${wordOf(begin - 1)}`] : []),
    ...foldPairs(lines.slice(begin, end)),
    ...(end < lines.length ? [`${step}: as usual for the last ${last} lines, from ${wordOf(end)}`] : []),
  ];
}

let undisturbed: Promise<ReadonlyMap<string, readonly string[]>> | undefined;

/**
 * The trace, in which what an undisturbed rotation does (test/lambda/rotation/rotation.test.ts has it) is one line: a step, or
 * how a step begins or ends.
 */
export async function traceUnusual(world: RotationWorld): Promise<readonly string[]> {
  undisturbed ??= (async () => {
    const usual = createRotationWorld();
    await usual.rotate('a');
    return new Map(groupBySteps(usual.trace()).map((group) => [stepOf(group[0] ?? '').slice(2), normalize(group)]));
  })();
  const usual = await undisturbed;
  return groupBySteps(world.trace()).flatMap((group) =>
    abridge(group, usual.get(stepOf(group[0] ?? '').slice(2)) ?? []),
  );
}
