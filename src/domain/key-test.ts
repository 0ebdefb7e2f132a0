/** Whether keys of a store work now: each encrypts and decrypts anew. That says nothing about older ciphertext. */

/** One round of a fresh Encrypt and Decrypt with each chosen key. */
export interface KeyUse {
  /** ARNs of the keys that were tested. */
  readonly keys: readonly string[];
  readonly passed: number;
  /** Keys whose answer says nothing about the store: our rights, our credentials, our network, throttling. */
  readonly unanswered: number;
  /** ARNs of keys that KMS cannot use. */
  readonly unusable: readonly string[];
  readonly detail?: string;
}

export const noKeyUse: KeyUse = { keys: [], passed: 0, unanswered: 0, unusable: [] };

export interface KeyTest {
  /**
   * `working`: keys work now; where `passed` is less than all, the others failed before the change too. `failing`: keys that worked before the change do not work after it, or none works. `unknown`:
   * cks could not find out, for a reason on its own side. `untested`: no key was tested.
   */
  readonly status: 'working' | 'failing' | 'unknown' | 'untested';
  /** ARNs of the keys that were tested: each encrypted and decrypted anew. */
  readonly keys: readonly string[];
  /** How many of them work. */
  readonly passed: number;
  readonly detail?: string;
}

export const untested: KeyTest = { status: 'untested', keys: [], passed: 0 };

/** Whether the tested keys work now, in a word or two. */
export function describeWorking({
  status,
  keys,
  passed,
}: KeyTest): 'yes' | 'in part' | 'no' | 'unknown' | 'not tested' {
  if (status === 'working') return passed < keys.length ? 'in part' : 'yes';
  return ({ failing: 'no', unknown: 'unknown', untested: 'not tested' } as const)[status];
}
