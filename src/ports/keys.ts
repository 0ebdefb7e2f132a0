/** The KMS keys in a custom key store. */
export interface StoreKey {
  readonly keyId: string;
  readonly arn: string;
  readonly keyState: string;
  readonly createdAtMs: number;
  /** Of the key in the external key manager. */
  readonly xksKeyId?: string;
}

export interface KeyInventory {
  readonly keys: readonly StoreKey[];
  /** Keys that DescribeKey did not show: they may be in the store too. */
  readonly hidden: number;
}
