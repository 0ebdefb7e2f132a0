/** The words that an option takes, where they are known before: for reading it and for completion. */
import { checkNames } from '../../checks/rights.ts';
import { policyWords, type Risk, risks } from '../../domain/policy.ts';
import { notificationSelections } from '../../progress/notifications/notification.ts';
import type { OptionName } from './options.ts';

export const optionWords = {
  mode: policyWords.mode,
  'final-state': policyWords.finalState,
  'on-failure': ['ask', ...policyWords.onFailure],
  fence: policyWords.fence,
  accept: Object.keys(risks) as readonly Risk[],
  'skip-check': checkNames,
  without: [...checkNames, 'key-verification'],
  output: ['text', 'json'],
  format: ['text', 'json', 'markdown'],
  progress: ['text', 'json', 'none'],
  'notify-events': notificationSelections,
  'log-level': ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
  type: ['AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'],
} as const satisfies { readonly [N in OptionName]?: readonly string[] };

/** As the long names take them. */
export const awsOptionWords = {
  output: ['json', 'text', 'table', 'yaml', 'yaml-stream'],
  color: ['on', 'off', 'auto'],
  'cli-binary-format': ['base64', 'raw-in-base64-out'],
} as const satisfies { readonly [N in OptionName]?: readonly string[] };
