/** Where a store is: what a person must read before anything else. */
export interface Where {
  readonly region: string;
  /** 12 digits; `unknown` if cks could not find out. */
  readonly account: string;
  /** URL of an endpoint that is not AWS's own, such as that of a simulator; null: AWS's own. */
  readonly endpoint: string | null;
}
