/** What a run is handed by default: the adapters of the library around one connection. */
import type { Input } from '../../../machines/safe-update/index.ts';
import { systemClock } from '../../hosts/system-clock.ts';
import type { StoreLock } from '../../ports/lock.ts';
import type { Emit } from '../../ports/progress.ts';
import type { Secrets } from '../../ports/secrets.ts';
import type { Ports } from '../../run/run.ts';
import { createKeyVerifier } from '../canaries.ts';
import { createChecks } from '../checks.ts';
import type { RunOptions } from '../options.ts';
import type { Connection } from './connection.ts';
import { openLogins } from './locks.ts';

export interface PortsOptions {
  readonly input: Input;
  readonly connection: Connection;
  readonly secrets: Secrets;
  readonly options: RunOptions;
  readonly lock: StoreLock;
  readonly emit: Emit;
  /** Where runs are journaled; null where the caller wants none. */
  readonly folder: string | null;
  /** The ARN of the durable execution that carries the run. */
  readonly execution?: string;
}

export function createPorts({
  input,
  connection,
  secrets,
  options,
  lock,
  emit,
  folder,
  execution,
}: PortsOptions): Omit<Ports, 'host'> {
  const { approver, operatorPrompt, stateDirectory } = options;
  const logins = openLogins(connection);
  const asked = { ...connection, logins };
  const checked = { ...input, account: input.place.account, ...(execution === undefined ? {} : { execution }) };
  return {
    kms: connection.kms,
    secrets,
    checks: createChecks(checked, asked, secrets, options, folder),
    keyVerifier: options.keyVerifier ?? createKeyVerifier(connection, input.place, stateDirectory),
    keys: connection.keys,
    approver,
    operatorPrompt,
    lock,
    logins,
    scheduler: connection.scheduler,
    clock: systemClock,
    random: Math.random,
    progress: emit,
  };
}
