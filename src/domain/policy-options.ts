/**
 * Every member of a policy, once: what form its value has, and the command-line option that sets it. The library, the event of
 * a Lambda execution, saved plans, the command line, its help and its completion follow from this table.
 */
import { isRoleArn, roleForm } from './dead-mans-switch.ts';
import { isRisk, type Policy, policyWords, risks } from './policy.ts';

/**
 * - `word`: one of `policyWords`.
 * - `duration`: more than 0 milliseconds; `durationOrZero`: 0 or more.
 * - `flagOrOnly`: true, false or the word `only`.
 * - `window`: an opening, which callers name in words.
 */
export type PolicyForm =
  | 'word'
  | 'flag'
  | 'flagOrOnly'
  | 'duration'
  | 'durationOrZero'
  | 'texts'
  | 'risks'
  | 'role'
  | 'window';

/** How the command line sets a member. `help`: in the imperative, then default and example. */
export interface PolicyFlag {
  readonly name: string;
  /** What stands for the value in help; absent: the option takes none. */
  readonly value?: string;
  readonly help: string;
  readonly repeatable?: true;
  /** `--help` shows it, and not `--help-all` alone. */
  readonly isDaily?: true;
}

interface PolicyOption {
  readonly form: PolicyForm;
  /** Absent: no option sets it. */
  readonly flag?: PolicyFlag;
}

export const policyOptions = {
  intent: { form: 'word' },
  mode: {
    form: 'word',
    flag: {
      name: 'mode',
      value: '<mode>',
      help: 'Choose how to send the update. auto: live if KMS may accept it, else offline. live: never offline. offline: do not try live. (default: auto)',
      isDaily: true,
    },
  },
  finalState: {
    form: 'word',
    flag: {
      name: 'final-state',
      value: '<state>',
      help: 'Choose the connection state at the end: restore (as at the start), connected or disconnected. (default: restore)',
    },
  },
  onFailure: {
    form: 'word',
    flag: {
      name: 'on-failure',
      value: '<action>',
      help: 'Choose what to do if a step fails while the store is offline. rollback: restore the old settings. hold: wait for you to fix the cause. ask: hold on a terminal, else rollback. (default: ask)',
      isDaily: true,
    },
  },
  fence: {
    form: 'word',
    flag: {
      name: 'fence',
      value: '<when>',
      help: 'Disable the keys of an external key store before its outage, and enable each again only on evidence that it is the same. auto: if the key source changes and no check verifies the keys. always: in each outage. (default: never)',
    },
  },
  holdOffline: {
    form: 'flag',
    flag: {
      name: 'hold-offline',
      help: 'Wait for you once the store is DISCONNECTED, for example to set the password of kmsuser.',
    },
  },
  holdTimeoutMs: {
    form: 'duration',
    flag: {
      name: 'hold-timeout',
      value: '<time>',
      help: 'Roll back if a hold lasts longer, such as 30m. Without a terminal, --hold-offline and --on-failure hold require it. (default: 60m on a terminal)',
    },
  },
  trialConnect: {
    form: 'flagOrOnly',
    flag: {
      name: 'trial-connect',
      help: 'First have KMS connect a temporary external key store with the new settings, then delete it. Takes about 10 minutes, without an outage.',
      isDaily: true,
    },
  },
  accept: {
    form: 'risks',
    flag: {
      name: 'accept',
      value: '<risk,...>',
      help: `Accept risks by name: ${Object.keys(risks).join(', ')}, unknown:CHECK. May be repeated.`,
      repeatable: true,
      isDaily: true,
    },
  },
  skipChecks: {
    form: 'texts',
    flag: { name: 'skip-check', value: '<check>', help: 'Skip a check. May be repeated.', repeatable: true },
  },
  canaryKeys: {
    form: 'texts',
    flag: {
      name: 'canary-key',
      value: '<key>',
      help: 'Verify this KMS key: id, ARN or alias, all or none. May be repeated. (default: the three most informative keys)',
      repeatable: true,
    },
  },
  requireKeyVerification: {
    form: 'flag',
    flag: {
      name: 'require-key-verification',
      help: 'Refuse the update if keys cannot be verified afterwards. Exit with 8 if verification is incomplete.',
    },
  },
  bakeTimeMs: {
    form: 'durationOrZero',
    flag: {
      name: 'bake-time',
      value: '<time>',
      help: 'Keep verifying keys for this long after a live change, until all hosts of KMS use it. (default: 5m)',
    },
  },
  maxDisconnectWaitMs: {
    form: 'duration',
    flag: {
      name: 'max-disconnect-wait',
      value: '<time>',
      help: 'Wait at most this long for DISCONNECTED. (default: 15m)',
    },
  },
  maxConnectWaitMs: {
    form: 'duration',
    flag: {
      name: 'max-connect-wait',
      value: '<time>',
      help: 'Wait at most this long for CONNECTED. (default: 35m for CloudHSM, 15m for an external key store)',
    },
  },
  window: {
    form: 'window',
    flag: {
      name: 'window',
      value: '<when>',
      help: 'Wait for this maintenance window, and start only if the update should finish within it. Example: "Sun 02:00-04:00 Europe/Berlin".',
    },
  },
  outageBudgetMs: {
    form: 'duration',
    flag: {
      name: 'outage-budget',
      value: '<time>',
      help: 'Refuse an outage that may last longer, such as 30m. cks estimates 11m for an external key store, 26m for CloudHSM.',
    },
  },
  minQuietMs: {
    form: 'duration',
    flag: {
      name: 'min-quiet',
      value: '<time>',
      help: 'Refuse an outage while a key was used within this time, such as 5m. With --window, wait for a quiet moment inside the window.',
    },
  },
  deadMansSwitch: {
    form: 'role',
    flag: {
      name: 'dead-mans-switch',
      value: '<role arn>',
      help: 'Before an outage, have EventBridge Scheduler reconnect the store with this role if the run never finishes. cks deletes the schedule when the run ends.',
    },
  },
} as const satisfies Readonly<Record<keyof Policy, PolicyOption>>;

export type PolicyName = keyof typeof policyOptions;

export const policyNames = Object.keys(policyOptions) as readonly PolicyName[];

export const formOf = (name: PolicyName): PolicyForm => policyOptions[name].form;

/** Something for each member of a policy, by its form. */
export function mapPolicy<T>(make: (name: PolicyName, form: PolicyForm) => T): Readonly<Record<PolicyName, T>> {
  return Object.fromEntries(policyNames.map((name) => [name, make(name, formOf(name))])) as Record<PolicyName, T>;
}

/** What is wrong with the value of a member, as a sentence; undefined: nothing. */
export function findPolicyMistake(name: PolicyName, value: unknown): string | undefined {
  switch (formOf(name)) {
    case 'word': {
      const words: readonly string[] = policyWords[name as keyof typeof policyWords];
      return words.includes(String(value)) ? undefined : `${name} must be one of ${words.join(', ')}, not "${value}"`;
    }
    case 'flag':
      return typeof value === 'boolean' ? undefined : `${name} must be true or false`;
    case 'flagOrOnly':
      return typeof value === 'boolean' || value === 'only' ? undefined : `${name} must be true, false or only`;
    case 'texts':
    case 'risks': {
      if (!Array.isArray(value)) return `${name} must be a list`;
      const unknown = name === 'accept' ? value.find((word) => !isRisk(word)) : undefined;
      return unknown === undefined ? undefined : `accept: "${unknown}" is not a risk`;
    }
    case 'duration':
      return Number.isFinite(value) && Number(value) > 0 ? undefined : `${name} must be more than 0 milliseconds`;
    case 'durationOrZero':
      return Number.isFinite(value) && Number(value) >= 0 ? undefined : `${name} must be 0 milliseconds or more`;
    case 'role':
      return isRoleArn(value) ? undefined : `dead man's switch ${JSON.stringify(value)}: expected ${roleForm}`;
    case 'window':
      return undefined;
  }
}
