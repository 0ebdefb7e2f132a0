/** The options that commands share, each described once. Those of the properties come from THE table. */
import { risks } from '../domain/policy.ts';
import {
  customKeyStoreId,
  describeProperty,
  optionName,
  type PropertyName,
  propertyNames,
} from '../domain/properties.ts';
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

/** Where no first word names it. */
export const storeAlone: OptionGroup = { ...store, rows: [storeId] };

const credentialInForce: OptionRow = {
  name: previousOptions.XksProxyAuthenticationCredential,
  value: '<value>',
  help: 'The credential in force now. With it the checks can ask the proxy, and a rollback can put it back; KMS never shows its secret.',
};

const newValues = propertyNames.map((name) => ({ name: optionName(name), value: '<value>', help: helpOf(name) }));

export const properties: OptionGroup = {
  heading: 'New values, as in UpdateCustomKeyStore:',
  rows: [
    ...newValues,
    {
      name: 'xks-proxy-configuration-file',
      value: '<file>',
      help: 'The JSON file of an external key manager, with path and credential; options override it.',
    },
    credentialInForce,
    {
      name: previousOptions.KeyStorePassword,
      value: '<value>',
      help: 'The kmsuser password that KMS was told last, for a store that is not CONNECTED: it can then be put back.',
    },
  ],
};

export const corrections: OptionGroup = { heading: 'Values in the place of those that were wrong:', rows: newValues };

function helpOf(name: PropertyName): string {
  const { help, secret, visibleMember, secretMember } = describeProperty(name);
  const source = 'env:NAME, file:PATH, stdin, prompt or secretsmanager:ARN keeps the secret off the command line.';
  if (secretMember) return `${help} ${visibleMember}=ID,${secretMember.name}=SECRET, or JSON. ${source}`;
  return secret ? `${help} ${source}` : help;
}

export const mode: OptionGroup = {
  heading: 'Way:',
  rows: [
    {
      name: 'mode',
      value: '<way>',
      help: 'auto: live where KMS may take it, else offline. live: never offline. offline: no live attempt. (default: auto)',
    },
    {
      name: 'final-state',
      value: '<state>',
      help: 'restore: the connection state it was found in. connected or disconnected: that one. (default: restore)',
    },
    {
      name: 'trial-connect',
      help: 'First have KMS connect a throw-away external key store with the new settings, and delete it again: about 10 minutes, no outage.',
    },
    {
      name: 'hold-offline',
      help: 'Wait once the store is DISCONNECTED, for what only you can do then: set the password of kmsuser.',
    },
  ],
};

export const onFailure: OptionGroup = {
  heading: 'When something fails:',
  rows: [
    {
      name: 'on-failure',
      value: '<way>',
      help: 'rollback: put the old settings back. hold: wait for you to mend it. ask: hold on a terminal, else rollback. (default: ask)',
    },
    {
      name: 'hold-timeout',
      value: '<time>',
      help: 'How long a hold waits for you before it rolls back. Required for --hold-offline and --on-failure hold without a terminal. (default: 60m on a terminal)',
    },
    {
      name: 'dead-mans-switch',
      value: '<role arn>',
      help: 'Before an outage, have EventBridge Scheduler connect the store by this role at the last deadline; taken away at the end. It brings the store back where nothing is left of the run.',
    },
  ],
};

export const timing: OptionGroup = {
  heading: 'Time:',
  rows: [
    {
      name: 'window',
      value: '<when>',
      help: 'Begin in a maintenance window, and only what can be expected to end in it, such as "Sun 02:00-04:00 Europe/Berlin". Until then the run waits.',
    },
    {
      name: 'outage-budget',
      value: '<time>',
      help: 'Refuse an outage that may last longer. cks estimates 11m for an external key store, 26m for CloudHSM.',
    },
  ],
};

export const waits: OptionGroup = {
  heading: 'Deadlines:',
  rows: [
    { name: 'max-disconnect-wait', value: '<time>', help: 'How long to wait for DISCONNECTED. (default: 15m)' },
    {
      name: 'max-connect-wait',
      value: '<time>',
      help: 'How long to wait for CONNECTED. (default: 35m for CloudHSM, 15m for an external key store)',
    },
  ],
};

export const consent: OptionGroup = {
  heading: 'Consent:',
  rows: [
    { name: 'yes', help: 'Go ahead without being asked. It accepts no risk.' },
    {
      name: 'accept',
      value: '<risk,...>',
      help: `Accept a risk by name: ${Object.keys(risks).join(', ')}, unknown:CHECK. May be repeated.`,
      repeatable: true,
    },
    { name: 'skip-check', value: '<check>', help: 'Leave a check out. May be repeated.', repeatable: true },
  ],
};

export const checks: OptionGroup = {
  heading: 'Checks:',
  rows: [
    {
      name: 'xks-proxy-connect-to',
      value: '<endpoint=address>',
      help: 'Where a proxy is reached from here, such as https://proxy.example.com=127.0.0.1:8443; the certificate is still judged for the endpoint. An address that begins with http:// is spoken to without TLS. Where old and new settings have one endpoint, old=ADDRESS and new=ADDRESS tell them apart. May be repeated.',
      repeatable: true,
    },
  ],
};

/** Where no new value is given that would bring one. */
export const checksInForce: OptionGroup = { ...checks, rows: [credentialInForce, ...checks.rows] };

/** For the doctor. */
export const keyTest: OptionGroup = {
  heading: 'Keys:',
  rows: [
    {
      name: 'no-key-test',
      help: 'Use no key. Else, of a CONNECTED store, kept canaries are decrypted, or one Encrypt and Decrypt is done with at most three keys; CloudTrail shows it, and it counts as a use of these keys.',
    },
  ],
};

export const canaryKey: OptionRow = {
  name: 'canary-key',
  value: '<key>',
  help: 'A KMS key to prove: id, ARN or alias, all or none. May be repeated. (default: three that say the most)',
  repeatable: true,
};

export const keyVerification: OptionGroup = {
  heading: 'Proof:',
  rows: [
    canaryKey,
    { name: 'require-key-verification', help: 'Refuse what cannot be proven; exit 8 where it then is not.' },
    {
      name: 'bake-time',
      value: '<time>',
      help: 'How long keys are tried again after a live change, until all of KMS uses it. (default: 5m)',
    },
  ],
};
