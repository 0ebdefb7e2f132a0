/** The options that commands share, each described once. Those of the properties come from THE table. */
import { risks } from '../../domain/policy.ts';
import {
  customKeyStoreId,
  describeProperty,
  optionName,
  type PropertyName,
  propertyNames,
} from '../../domain/properties.ts';
import type { OptionGroup, OptionRow } from './option-row.ts';

/** Old values that KMS does not show: what a rollback can put back. */
export const previousOptions = {
  XksProxyAuthenticationCredential: 'previous-xks-proxy-authentication-credential',
  KeyStorePassword: 'previous-key-store-password',
} as const satisfies Partial<Record<PropertyName, string>>;

const storeId: OptionRow = { name: 'custom-key-store-id', value: '<id>', help: customKeyStoreId.help };

export const store: OptionGroup = {
  heading: 'Store:',
  rows: [{ ...storeId, help: `${storeId.help} The same as STORE.` }],
};

/** For commands that take no STORE. */
export const storeAlone: OptionGroup = { ...store, rows: [{ ...storeId, isDaily: true }] };

const currentCredential: OptionRow = {
  name: previousOptions.XksProxyAuthenticationCredential,
  value: '<value>',
  help: 'Give the credential that is in force now, so that the checks can ask the proxy and a rollback can restore it. KMS never shows its secret.',
  isDaily: true,
};

/** The properties that most updates change. */
const daily: readonly PropertyName[] = [
  'NewCustomKeyStoreName',
  'KeyStorePassword',
  'CloudHsmClusterId',
  'XksProxyUriEndpoint',
  'XksProxyUriPath',
  'XksProxyAuthenticationCredential',
];

const newValues = propertyNames.map(
  (name): OptionRow => ({
    name: optionName(name),
    value: '<value>',
    help: helpOf(name),
    ...(daily.includes(name) ? { isDaily: true } : {}),
  }),
);

export const properties: OptionGroup = {
  heading: 'New values, as in UpdateCustomKeyStore:',
  rows: [
    ...newValues,
    {
      name: 'xks-proxy-configuration-file',
      value: '<file>',
      help: 'Read path and credential from the JSON file of an external key manager. Options override it.',
    },
    currentCredential,
    {
      name: previousOptions.KeyStorePassword,
      value: '<value>',
      help: 'Give the kmsuser password that KMS has now, so that a rollback can restore it. Only for a store that is not CONNECTED.',
    },
  ],
};

export const corrections: OptionGroup = {
  heading: 'Corrected values:',
  rows: newValues,
};

function helpOf(name: PropertyName): string {
  const { help, secret, visibleMember, secretMember } = describeProperty(name);
  const source = 'To keep the secret off the command line: env:NAME, file:PATH, stdin, prompt or secretsmanager:ARN.';
  if (secretMember) return `${help} ${visibleMember}=ID,${secretMember.name}=SECRET, or JSON. ${source}`;
  return secret ? `${help} ${source}` : help;
}

export const mode: OptionGroup = {
  heading: 'Mode:',
  rows: [
    {
      name: 'mode',
      value: '<mode>',
      help: 'Choose how to send the update. auto: live if KMS may accept it, else offline. live: never offline. offline: do not try live. (default: auto)',
      isDaily: true,
    },
    {
      name: 'final-state',
      value: '<state>',
      help: 'Choose the connection state at the end: restore (as at the start), connected or disconnected. (default: restore)',
    },
    {
      name: 'trial-connect',
      help: 'First have KMS connect a temporary external key store with the new settings, then delete it. Takes about 10 minutes, without an outage.',
      isDaily: true,
    },
    {
      name: 'fence',
      value: '<when>',
      help: 'Disable the keys of an external key store before its outage, and enable each again only on evidence that it is the same. auto: if the key source changes and no check verifies the keys. always: in each outage. (default: never)',
    },
    {
      name: 'hold-offline',
      help: 'Wait for you once the store is DISCONNECTED, for example to set the password of kmsuser.',
    },
  ],
};

export const onFailure: OptionGroup = {
  heading: 'On failure:',
  rows: [
    {
      name: 'on-failure',
      value: '<action>',
      help: 'Choose what to do if a step fails while the store is offline. rollback: restore the old settings. hold: wait for you to fix the cause. ask: hold on a terminal, else rollback. (default: ask)',
      isDaily: true,
    },
    {
      name: 'hold-timeout',
      value: '<time>',
      help: 'Roll back if a hold lasts longer, such as 30m. Without a terminal, --hold-offline and --on-failure hold require it. (default: 60m on a terminal)',
    },
    {
      name: 'dead-mans-switch',
      value: '<role arn>',
      help: 'Before an outage, have EventBridge Scheduler reconnect the store with this role if the run never finishes. cks deletes the schedule when the run ends.',
    },
  ],
};

export const timing: OptionGroup = {
  heading: 'Time:',
  rows: [
    {
      name: 'window',
      value: '<when>',
      help: 'Wait for this maintenance window, and start only if the update should finish within it. Example: "Sun 02:00-04:00 Europe/Berlin".',
    },
    {
      name: 'outage-budget',
      value: '<time>',
      help: 'Refuse an outage that may last longer, such as 30m. cks estimates 11m for an external key store, 26m for CloudHSM.',
    },
    {
      name: 'min-quiet',
      value: '<time>',
      help: 'Refuse an outage while a key was used within this time, such as 5m. With --window, wait for a quiet moment inside the window.',
    },
  ],
};

export const waits: OptionGroup = {
  heading: 'Waits:',
  rows: [
    {
      name: 'max-disconnect-wait',
      value: '<time>',
      help: 'Wait at most this long for DISCONNECTED. (default: 15m)',
    },
    {
      name: 'max-connect-wait',
      value: '<time>',
      help: 'Wait at most this long for CONNECTED. (default: 35m for CloudHSM, 15m for an external key store)',
    },
  ],
};

export const consent: OptionGroup = {
  heading: 'Approval:',
  rows: [
    { name: 'yes', help: 'Start without asking. This accepts no risk.', isDaily: true },
    {
      name: 'accept',
      value: '<risk,...>',
      help: `Accept risks by name: ${Object.keys(risks).join(', ')}, unknown:CHECK. May be repeated.`,
      repeatable: true,
      isDaily: true,
    },
    { name: 'skip-check', value: '<check>', help: 'Skip a check. May be repeated.', repeatable: true },
  ],
};

export const checks: OptionGroup = {
  heading: 'Checks:',
  rows: [
    {
      name: 'xks-proxy-connect-to',
      value: '<endpoint=address>',
      help: 'Reach a proxy at another address. Example: https://proxy.example.com=127.0.0.1:8443. The certificate must still match the endpoint. Without TLS: an address with http://. If the old and the new proxy have the same endpoint: old=ADDRESS and new=ADDRESS. May be repeated.',
      repeatable: true,
    },
  ],
};

/** For commands that take no new values. */
export const checksInForce: OptionGroup = { ...checks, rows: [currentCredential, ...checks.rows] };

/** For the doctor. */
export const keyTest: OptionGroup = {
  heading: 'Keys:',
  rows: [
    {
      name: 'no-key-test',
      help: 'Do not use keys. By default, cks decrypts kept canaries of a CONNECTED store, or calls Encrypt and Decrypt once for each of up to three keys. CloudTrail shows these calls, and they count as uses of the keys.',
      isDaily: true,
    },
  ],
};

export const canaryKey: OptionRow = {
  name: 'canary-key',
  value: '<key>',
  help: 'Verify this KMS key: id, ARN or alias, all or none. May be repeated. (default: the three most informative keys)',
  repeatable: true,
};

export const keyVerification: OptionGroup = {
  heading: 'Key verification:',
  rows: [
    canaryKey,
    {
      name: 'require-key-verification',
      help: 'Refuse the update if keys cannot be verified afterwards. Exit with 8 if verification is incomplete.',
    },
    {
      name: 'bake-time',
      value: '<time>',
      help: 'Keep verifying keys for this long after a live change, until all hosts of KMS use it. (default: 5m)',
    },
  ],
};
