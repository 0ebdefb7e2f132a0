/** The options that commands share, each described once. Those of the properties come from THE table. */
import { policyOptions } from '../../domain/policy-options.ts';
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
    policyOptions.mode.flag,
    policyOptions.finalState.flag,
    policyOptions.trialConnect.flag,
    policyOptions.fence.flag,
    policyOptions.holdOffline.flag,
  ],
};

export const onFailure: OptionGroup = {
  heading: 'On failure:',
  rows: [policyOptions.onFailure.flag, policyOptions.holdTimeoutMs.flag, policyOptions.deadMansSwitch.flag],
};

export const timing: OptionGroup = {
  heading: 'Time:',
  rows: [policyOptions.window.flag, policyOptions.outageBudgetMs.flag, policyOptions.minQuietMs.flag],
};

export const waits: OptionGroup = {
  heading: 'Waits:',
  rows: [policyOptions.maxDisconnectWaitMs.flag, policyOptions.maxConnectWaitMs.flag],
};

export const consent: OptionGroup = {
  heading: 'Approval:',
  rows: [
    { name: 'yes', help: 'Start without asking. This accepts no risk.', isDaily: true },
    policyOptions.accept.flag,
    policyOptions.skipChecks.flag,
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

export const canaryKey: OptionRow = policyOptions.canaryKeys.flag;

export const keyVerification: OptionGroup = {
  heading: 'Key verification:',
  rows: [canaryKey, policyOptions.requireKeyVerification.flag, policyOptions.bakeTimeMs.flag],
};
