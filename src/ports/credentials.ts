/** How long the AWS credentials of this process last. */
export interface CredentialsLife {
  /** Null if they do not say. */
  readonly expiresAtMs: number | null;
  /** Their provider renews them by itself. */
  readonly isRenewed: boolean;
  readonly isTemporary: boolean;
}
