/** Keeps the count of logins as kmsuser across runs; a cluster that nobody counted for has none. */
import type { LoginRecord } from '../domain/logins.ts';

export interface Logins {
  read(clusterId: string): Promise<LoginRecord>;
  /** Kept before the call is sent. Never fails: what cannot be kept is counted in the run alone. */
  write(clusterId: string, record: LoginRecord): Promise<void>;
}
