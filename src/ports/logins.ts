/**
 * Connects that may have led to a login as kmsuser, per cluster, across runs: five bad ones lock it out. The count goes
 * back to 0 when CONNECTED is seen or KMS is told another password.
 */
export interface Logins {
  read(clusterId: string): Promise<number>;
  /** Kept before the call is sent. Never fails: what cannot be kept is counted in the run alone. */
  write(clusterId: string, count: number): Promise<void>;
}
