/** The options that commands share, each described once. Those of the properties come from THE table. */
import { policyOptions } from '../../domain/policy-options.ts';
import {
  customKeyStoreId,
  describeProperty,
  type OptionOf,
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

const storeId = {
  name: 'custom-key-store-id',
  value: '<id>',
  help: customKeyStoreId.help,
} as const satisfies OptionRow;

export const store = {
  heading: 'Store:',
  rows: [{ ...storeId, help: `${storeId.help} The same as STORE.` }],
} as const satisfies OptionGroup;

/** For commands that take no STORE. */
export const storeAlone = { ...store, rows: [{ ...storeId, isDaily: true }] } as const satisfies OptionGroup;

const currentCredential = {
  name: previousOptions.XksProxyAuthenticationCredential,
  value: '<value>',
  help: 'Give the credential that is in force now, so that the checks can ask the proxy and a rollback can restore it. KMS never shows its secret.',
  isDaily: true,
} as const satisfies OptionRow;

/** The properties that most updates change. */
const daily: readonly PropertyName[] = [
  'NewCustomKeyStoreName',
  'KeyStorePassword',
  'CloudHsmClusterId',
  'XksProxyUriEndpoint',
  'XksProxyUriPath',
  'XksProxyAuthenticationCredential',
];

const newValues = propertyNames.map((name): OptionRow & { readonly name: OptionOf<PropertyName> } => ({
  name: optionName(name),
  value: '<value>',
  help: helpOf(name),
  ...(daily.includes(name) ? { isDaily: true } : {}),
}));

export const properties = {
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
} as const satisfies OptionGroup;

export const corrections = {
  heading: 'Corrected values:',
  rows: newValues,
} as const satisfies OptionGroup;

function helpOf(name: PropertyName): string {
  const { help, secret, visibleMember, secretMember } = describeProperty(name);
  const source = 'To keep the secret off the command line: env:NAME, file:PATH, stdin, prompt or secretsmanager:ARN.';
  if (secretMember) return `${help} ${visibleMember}=ID,${secretMember.name}=SECRET, or JSON. ${source}`;
  return secret ? `${help} ${source}` : help;
}

export const mode = {
  heading: 'Mode:',
  rows: [
    policyOptions.mode.flag,
    policyOptions.finalState.flag,
    policyOptions.trialConnect.flag,
    policyOptions.fence.flag,
    policyOptions.holdOffline.flag,
  ],
} as const satisfies OptionGroup;

export const onFailure = {
  heading: 'On failure:',
  rows: [policyOptions.onFailure.flag, policyOptions.holdTimeoutMs.flag, policyOptions.deadMansSwitch.flag],
} as const satisfies OptionGroup;

export const timing = {
  heading: 'Time:',
  rows: [policyOptions.window.flag, policyOptions.outageBudgetMs.flag, policyOptions.minQuietMs.flag],
} as const satisfies OptionGroup;

export const waits = {
  heading: 'Waits:',
  rows: [policyOptions.maxDisconnectWaitMs.flag, policyOptions.maxConnectWaitMs.flag],
} as const satisfies OptionGroup;

export const consent = {
  heading: 'Approval:',
  rows: [
    { name: 'yes', help: 'Start without asking. This accepts no risk.', isDaily: true },
    policyOptions.accept.flag,
    policyOptions.skipChecks.flag,
  ],
} as const satisfies OptionGroup;

export const checks = {
  heading: 'Checks:',
  rows: [
    {
      name: 'xks-proxy-connect-to',
      value: '<endpoint=address>',
      help: 'Reach a proxy at another address. Example: https://proxy.example.com=127.0.0.1:8443. The certificate must still match the endpoint. Without TLS: an address with http://. If the old and the new proxy have the same endpoint: old=ADDRESS and new=ADDRESS. May be repeated.',
      repeatable: true,
    },
  ],
} as const satisfies OptionGroup;

/** For commands that take no new values. */
export const checksInForce = { ...checks, rows: [currentCredential, ...checks.rows] } as const satisfies OptionGroup;

/** For the doctor. */
export const keyTest = {
  heading: 'Keys:',
  rows: [
    {
      name: 'no-key-test',
      help: 'Do not use keys. By default, cks decrypts kept canaries of a CONNECTED store, or calls Encrypt and Decrypt once for each of up to three keys. CloudTrail shows these calls, and they count as uses of the keys.',
      isDaily: true,
    },
  ],
} as const satisfies OptionGroup;

export const canaryKey = policyOptions.canaryKeys.flag;

export const keyVerification = {
  heading: 'Key verification:',
  rows: [canaryKey, policyOptions.requireKeyVerification.flag, policyOptions.bakeTimeMs.flag],
} as const satisfies OptionGroup;
