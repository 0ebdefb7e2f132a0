/** Keeps the count of logins as kmsuser across runs; a cluster without a count has none. */
import type { LoginRecord } from '../domain/logins.ts';

export interface Logins {
  /** What this process or an earlier one has counted; says so where that cannot be read. Never fails. */
  read(clusterId: string): Promise<LoginRecord>;
  /** Kept before the call is sent. Never fails: what cannot be kept is counted in this process alone. */
  write(clusterId: string, record: LoginRecord): Promise<void>;
  /** Takes one count back. Never fails: what cannot be kept stays counted. */
  takeBack(clusterId: string): Promise<void>;
}

/** A count that can be looked at before the store is taken offline. */
export interface KeptLogins extends Logins {
  /** Why the count cannot be read or kept; null: it can. Changes nothing. Never fails. */
  findProblem(clusterId: string): Promise<string | null>;
}
