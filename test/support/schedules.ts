/**
 * Schedules at random: a store, an order, all that may befall the run, and how often its process dies. Plain data, seeded
 * and shrunk by fast-check; `set-up-schedule.ts` sets the world up for one, `play-schedule.ts` plays it.
 */
import fc from 'fast-check';
import { type Interpretations, interpretations } from '../../src/simulator/index.ts';
import { troubleKinds } from './backend-failures.ts';
import { leavings } from './typing-ahead.ts';
import { obstacles } from './wire.ts';

const connectFailures = ['NETWORK_ERRORS', 'INVALID_CREDENTIALS', 'INTERNAL_ERROR', 'USER_LOCKED_OUT'] as const;

const operations = [
  'DescribeCustomKeyStores',
  'UpdateCustomKeyStore',
  'ConnectCustomKeyStore',
  'DisconnectCustomKeyStore',
] as const;

/** Those that only a trial connect makes, besides. */
const rehearsalOperations = ['CreateCustomKeyStore', 'DeleteCustomKeyStore'] as const;

/** Null but for one in so many; shrinks to null. */
const rarely = <T>(oneIn: number, arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.oneof({ withCrossShrink: true }, { weight: oneIn - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });

const interpretationNames = Object.keys(interpretations) as (keyof Interpretations)[];

/** Each open question of the documents, read by chance. */
export const mixtures = fc.record(
  Object.fromEntries(
    interpretationNames.map((name) => [name, fc.constantFrom<unknown>(...interpretations[name].values)]),
  ),
) as fc.Arbitrary<Interpretations>;

/** An instant, as the ordinal of a request of ours: it comes just before that one reaches KMS. */
const moment = fc.nat(30);
const whileMs = fc.constantFrom(2_000, 20_000, 150_000);

const fault = fc.record({
  operation: fc.constantFrom(...operations, ...operations, ...rehearsalOperations),
  name: fc.constantFrom(
    'ConnectionReset',
    'NoAnswer',
    'ThrottlingException',
    'KMSInternalException',
    'AccessDeniedException',
    'CustomKeyStoreInvalidStateException',
  ),
  /** The first call of the operation that meets it, and how many do. */
  nth: fc.nat(3),
  times: fc.constantFrom(1, 1, 2, 4, 12),
  /** Carried out all the same, where such an answer leaves that open. */
  afterEffect: fc.boolean(),
  echoesSecrets: fc.boolean(),
});

const mishaps = fc.record({
  faults: fc.oneof(fc.constant([]), fc.array(fault, { maxLength: 3 })),
  connectFailures: fc.oneof(fc.constant([]), fc.array(fc.constantFrom(...connectFailures), { maxLength: 4 })),
  staleReadsForMs: fc.constantFrom(0, 0, 3_000, 20_000),
  hand: rarely(4, fc.record({ act: fc.constantFrom('connect', 'disconnect', 'rename'), at: moment })),
  trouble: rarely(4, fc.record({ kind: fc.constantFrom(...troubleKinds), at: moment, forMs: whileMs })),
  cut: rarely(
    4,
    fc.record({
      how: fc.constantFrom('ExpiredTokenException', 'ECONNREFUSED', 'lostReplies'),
      at: moment,
      forMs: whileMs,
    }),
  ),
  /** The clock of our machine is set: far back, or a little. */
  clock: rarely(8, fc.record({ at: moment, byMs: fc.constantFrom(-3_600_000, -5_000, 5_000) })),
  check: fc.constantFrom('none', 'none', 'none', 'proves', 'proves', 'unknown', 'unknown', 'fails'),
  /** Whether a store can still be connected with the settings that it had at first. */
  rollback: fc.constantFrom('open', 'open', 'open', 'unknown', 'dead'),
  keyVerification: fc.constantFrom(
    'unverified',
    'unverified',
    'verified',
    'verified',
    'mismatch',
    'mismatch',
    'inconclusive',
    'lost',
  ),
  /** What befalls the trial store of a trial connect alone. */
  trialStore: fc.record({
    connectFailure: rarely(4, fc.constantFrom(...connectFailures)),
    hand: rarely(6, fc.record({ act: fc.constantFrom('connect', 'disconnect', 'delete'), at: moment })),
  }),
});

/** Troubles each of which can be switched off by name: see `switch-off.ts`. Half of the schedules meet none of them. */
const harshTroubles = fc.record({
  obstruction: rarely(
    3,
    fc.record({
      how: fc.constantFrom(...obstacles),
      operation: fc.constantFrom(undefined, ...operations),
      at: moment,
      forMs: fc.constantFrom(2_000, 20_000, 90_000, 400_000),
      isCarriedOut: fc.boolean(),
      hasRequestId: fc.boolean(),
    }),
  ),
  /** Replicas of KMS that lag. */
  replicas: rarely(
    5,
    fc.record({
      longestLagMs: fc.constantFrom(3_000, 30_000, 100_000, 240_000),
      count: fc.integer({ min: 1, max: 4 }),
      isApart: fc.boolean(),
      judgesWrites: fc.boolean(),
    }),
  ),
  /** For so long Describe shows nothing of a Disconnect. */
  slowDisconnectMs: rarely(10, fc.constantFrom(70_000, 240_000)),
  hasLowerCaseHosts: rarely(8, fc.constant(true)),
  /** Somebody deletes the store once it is DISCONNECTED, from this request on. */
  deletedAt: rarely(16, moment),
  /** The machine sleeps. */
  suspension: rarely(8, fc.record({ at: moment, forMs: fc.constantFrom(120_000, 900_000, 10_800_000) })),
  clockAhead: rarely(8, fc.record({ at: moment, byMs: fc.constantFrom(600_000, 10_800_000) })),
  lateFailure: rarely(
    8,
    fc.record({
      code: fc.constantFrom(...connectFailures),
      connectMs: fc.constantFrom(70_000, 330_000, 840_000),
    }),
  ),
  /** What answers quote of the secrets of a request: in which form, and whether those of a later call do. */
  echo: rarely(6, fc.record({ form: fc.constantFrom('json', 'url', 'base64', 'name'), isLater: fc.boolean() })),
  /** A caller's own logger hears of each request. */
  hasListener: rarely(4, fc.constant(true)),
  /** Real keys, tried by the default prover. */
  canaries: rarely(
    4,
    fc.record({
      keys: fc.constantFrom(1, 2),
      hasOtherSource: fc.boolean(),
      /** What answers each Decrypt after the first Connect: a denial of the proxy, or a fault on our side. */
      trouble: fc.constantFrom('none', 'refused', 'denied', 'unauthenticated', 'unreachable'),
      forMs: fc.constantFrom(30_000, 600_000),
      /** Keys follow the state of their store so much later. */
      stateLagMs: fc.constantFrom(0, 3_000, 240_000),
    }),
  ),
  /** Somebody at a terminal types ahead, and leaves each question that is shown. */
  typesAhead: rarely(12, fc.constantFrom(...leavings)),
  /** From the second process on the disk takes nothing. */
  hasReadOnlyDisk: rarely(6, fc.constant(true)),
  /** Applications that use the keys all the while. It stands last, so that the draws before it stay those of a seed. */
  applications: rarely(
    4,
    fc.record({
      everyMs: fc.constantFrom(300, 3_000),
      decrypts: fc.boolean(),
      /** Replicas learn so much later of an EnableKey or DisableKey, at most. */
      toggleLagMs: fc.constantFrom(0, 1_000, 20_000),
      /** Somebody disables or enables a key. */
      colleague: rarely(3, fc.record({ act: fc.constantFrom('disable', 'enable'), at: moment })),
    }),
  ),
  /** The keys of an external key store are fenced for an outage. */
  fence: rarely(
    3,
    fc.record({
      when: fc.constantFrom('always', 'auto'),
      hasOtherSource: fc.boolean(),
      hasCanaryKey: fc.boolean(),
      /** What KMS answers to these calls, from this request on, so often. */
      refusal: rarely(
        3,
        fc.record({
          operation: fc.constantFrom('EnableKey', 'DisableKey'),
          name: fc.constantFrom('AccessDeniedException', 'ThrottlingException', 'KMSInternalException'),
          at: moment,
          times: fc.constantFrom(1, 3, 1_000),
        }),
      ),
    }),
  ),
});

const noTroubles = {
  obstruction: null,
  replicas: null,
  slowDisconnectMs: null,
  hasLowerCaseHosts: null,
  deletedAt: null,
  suspension: null,
  clockAhead: null,
  lateFailure: null,
  echo: null,
  hasListener: null,
  canaries: null,
  typesAhead: null,
  hasReadOnlyDisk: null,
  applications: null,
  fence: null,
} satisfies Record<keyof Generated<typeof harshTroubles>, null>;

const harsh = fc.oneof({ withCrossShrink: true }, fc.constant(noTroubles), harshTroubles);

/** What the operator does when a run holds the store. */
const words = ['release', 'mend', 'correct', 'correct', 'allowLogin', 'giveUp', 'leave'] as const;

/** One process, and how the next one goes on when this one has left something. */
const life = fc.record({
  death: rarely(
    2,
    fc.oneof(
      /** At a record, which is kept or lost. */
      fc.record({ record: fc.oneof(fc.nat(20), fc.integer({ min: 4, max: 10 })), isKept: fc.boolean() }),
      /** While a request is under way. */
      fc.record({ request: moment }),
    ),
  ),
  stopAt: rarely(3, fc.oneof(moment, fc.nat(8))),
  /** The disk is full from this record on. */
  diskFailsAt: rarely(8, fc.nat(20)),
  next: fc.constantFrom('replay', 'takeUp'),
  afterMs: fc.constantFrom(0, 1_000, 30_000, 300_000),
  isCorrected: fc.boolean(),
  allowsLogin: fc.boolean(),
  /** Somebody else holds the lock when it begins. */
  isLockedOut: rarely(32, fc.constant(true)),
  /** A run that has ended is undone by another. */
  undoes: rarely(6, fc.constant(true)),
});

/** Whatever befalls a run, this is long enough. */
const ample = 36_000_000;

const common = [
  'outage',
  'no-rollback',
  'unverified-keys',
  'unknown:proxy',
  'unknown:way-back',
  'unknown:trial-connect',
] as const;

export const schedules = fc.record({
  store: fc.record({
    isExternal: fc.boolean(),
    isPrivate: fc.boolean(),
    state: fc.constantFrom('CONNECTED', 'CONNECTED', 'DISCONNECTED', 'FAILED', 'CONNECTING', 'DISCONNECTING'),
    errorCode: fc.constantFrom('NETWORK_ERRORS', 'INVALID_CREDENTIALS', 'INTERNAL_ERROR'),
  }),
  request: fc.record({
    /** Which of the offers of a store's type; see `set-up-schedule.ts`. */
    properties: fc.oneof(
      { weight: 5, arbitrary: fc.uniqueArray(fc.nat(5), { minLength: 1, maxLength: 2 }) },
      { weight: 1, arbitrary: fc.constant([]) },
    ),
    accept: fc.oneof(
      { weight: 3, arbitrary: fc.constant([...common]) },
      { weight: 1, arbitrary: fc.subarray([...common, 'login']) },
    ),
    mode: fc.constantFrom('auto', 'auto', 'auto', 'offline', 'offline', 'live'),
    finalState: fc.constantFrom('restore', 'restore', 'connected', 'disconnected'),
    intent: fc.constantFrom('update', 'update', 'update', 'reconnect'),
    onFailure: fc.constantFrom('rollback', 'hold'),
    holdOffline: fc.boolean(),
    knowsOldSecrets: fc.boolean(),
    trialConnect: fc.constantFrom(...Array<false>(9).fill(false), ...Array<true>(4).fill(true), 'only'),
    requiresKeyVerification: rarely(16, fc.constant(true)),
    /** Who is asked before the first write, where somebody is. */
    approver: rarely(8, fc.constantFrom('declines', 'grants', 'hesitates', 'interrupts')),
    /** As long as a slow connect takes at this scale, or the real ones. */
    hasShortDeadlines: rarely(4, fc.constant(true)),
    /** A maintenance window, counted from the start. */
    window: rarely(
      8,
      fc.record({
        opensInMs: fc.constantFrom(-3_600_000, 0, 5_000, 700_000),
        lengthMs: fc.constantFrom(300_000, 700_000, 1_600_000, ample, ample, ample),
      }),
    ),
    armsSwitch: rarely(4, fc.constant(true)),
    outageBudgetMs: rarely(12, fc.constantFrom(600_000, 660_000, 1_560_000, ample)),
  }),
  interpretations: rarely(3, mixtures),
  mishaps,
  operator: fc.oneof(fc.array(fc.constantFrom(...words), { maxLength: 4 }), fc.tuple(fc.constantFrom(...words))),
  lives: fc.array(life, { maxLength: 4 }),
  harsh,
  /** A move of the key source behind a fence, while applications write. It stands last, as the draws of `harsh` do. */
  isFenced: rarely(8, fc.constant(true)),
});

/** The schedule as it is played. */
export function arrange(drawn: Schedule): Schedule {
  if (!drawn.isFenced) return drawn;
  const { store, request, harsh } = drawn;
  const { knowsOldSecrets: hasOtherSource, holdOffline: hasCanaryKey } = request;
  return {
    ...drawn,
    store: { ...store, isExternal: true, state: 'CONNECTED' },
    request: {
      ...request,
      properties: [2],
      accept: [...common],
      mode: request.mode === 'live' ? 'auto' : request.mode,
      finalState: 'restore',
      intent: 'update',
      holdOffline: false,
      trialConnect: false,
      requiresKeyVerification: null,
    },
    mishaps: { ...drawn.mishaps, hand: null, keyVerification: 'unverified' },
    harsh: {
      ...harsh,
      deletedAt: null,
      typesAhead: null,
      fence: harsh.fence ?? { when: 'always', hasOtherSource, hasCanaryKey, refusal: null },
      applications: harsh.applications ?? { everyMs: 3_000, decrypts: false, toggleLagMs: 1_000, colleague: null },
    },
  };
}

type Generated<A> = A extends fc.Arbitrary<infer T> ? T : never;

/** Whether it matters not when a run, or the one that goes on with it, acts. */
export const hasTime = ({ request: { window } }: Schedule) => window === null || window.lengthMs === ample;

export type Schedule = Generated<typeof schedules>;
export type Harsh = Schedule['harsh'];
export type LifePlan = Generated<typeof life>;
export type OperatorsWord = (typeof words)[number];
