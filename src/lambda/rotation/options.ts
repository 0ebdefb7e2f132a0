/** Options for the deployment of a rotation function. */
import type { Risk } from '../../domain/policy.ts';
import type { RunOptions } from '../../library/options.ts';
import type { ConnectionOptions } from '../../library/wiring/connection.ts';
import type { ProxyCredentials } from '../../ports/proxy-credentials.ts';
import type { HttpProxyCredentialsOptions } from './http-proxy-credentials.ts';
import type { RotationContext, RotationEvent, RotationResult } from './rotate.ts';

/**
 * Id or name of a store; with the way there, where that is not the function's own. Who acts there must be
 * allowed to read the secret, too.
 */
export type StoreOfSecret = string | ({ readonly customKeyStoreId: string } & ConnectionOptions);

type Carried = Omit<
  RunOptions,
  'approver' | 'inspect' | 'keyVerifier' | 'journal' | 'stateDirectory' | 'onJournalLost' | 'signal'
>;

/** Beside what is named here: where KMS is (`region`, ...), how its proxy is reached, a logger, checks of your own. */
export interface RotationOptions extends Carried {
  /**
   * Who has the proxy take a new credential, and later the old one no more: your own code, or an admin endpoint that takes
   * a POST. The proxy must be able to take two at once.
   */
  readonly proxyCredentials: ProxyCredentials | HttpProxyCredentialsOptions;
  /**
   * The store of a secret: its id or name, or a function that returns it.
   *
   * @default the secret's tag `cks:customKeyStoreId`
   * @example ({ tags }) => tags.store
   */
  readonly customKeyStoreId?:
    | StoreOfSecret
    | ((secret: {
        readonly arn: string;
        readonly tags: Readonly<Record<string, string>>;
      }) => StoreOfSecret | Promise<StoreOfSecret>);
  /**
   * Other accounts and Regions whose stores may use the same proxy, by Region and role. A credential that a store there uses is
   * neither rotated nor retired, as in the account and Region of the store itself. A store of any other place is not
   * seen.
   *
   * @default []
   * @example [{ region: 'eu-west-1' }]
   */
  readonly otherPlaces?: readonly ConnectionOptions[];
  /**
   * Risks, by name. `outage`: where KMS does not take the credential while the store is CONNECTED, the store goes offline
   * for some ten minutes; that takes 12 minutes of the function's time. `unknown:both-credentials` and `unknown:xks-proxy`:
   * the proxy need not be reached from the function.
   *
   * @default []
   */
  readonly accept?: readonly Risk[];
  /**
   * KMS keys to verify, by id, ARN or alias, `all` (60 at most), or `none`.
   *
   * @default three keys that say the most
   */
  readonly canaryKeys?: readonly string[];
  /**
   * Refuse a rotation after which the keys could not be verified.
   *
   * @default true, but false with `canaryKeys: ['none']`
   */
  readonly requireKeyVerification?: boolean;
  /**
   * Checks of the library to leave out.
   *
   * @default []
   */
  readonly skipChecks?: readonly string[];
}

export type RotationHandler = (event: RotationEvent, context: RotationContext) => Promise<RotationResult>;
