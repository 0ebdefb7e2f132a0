/** Where things are kept between runs: journals where the caller says, locks in one place that no option moves. */
import { homedir, tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';

const name = 'cks-safe-update';

/** What the choice of a folder depends on; default this process. */
export interface Surroundings {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The user's home as the system's list of users has it, whatever `HOME` says. */
  readonly home: string;
}

/**
 * The state directory: what was given, else `CKS_STATE_DIR`, else the platform's. An empty value counts as none.
 *
 * Source: XDG Base Directory Specification 0.8 (`XDG_STATE_HOME`, which must be absolute to count).
 */
export function stateFolder(given?: string, surroundings = here()): string {
  const { platform, environment } = surroundings;
  const named = given || environment.CKS_STATE_DIR;
  if (named) return resolve(named);
  const base = environment[platform === 'win32' ? 'LOCALAPPDATA' : 'XDG_STATE_HOME'];
  if (platform !== 'darwin' && base && (platform === 'win32' || base.startsWith('/'))) return join(base, name);
  return join(userFolder(surroundings), name);
}

/** Where the journals of a state directory are. */
export function runsFolder(state: string): string {
  return join(state, 'runs');
}

/** Where its canaries are. */
export function canariesFolder(state: string): string {
  return join(state, 'canaries');
}

/**
 * Where the locks are. A job and a shell of one user differ in `XDG_STATE_HOME` and `HOME`, and must meet here all the
 * same, so only `CKS_LOCK_DIR` moves it.
 */
export function lockFolder(surroundings = here()): string {
  const { CKS_LOCK_DIR } = surroundings.environment;
  return CKS_LOCK_DIR ? resolve(CKS_LOCK_DIR) : join(userFolder(surroundings), name, 'locks');
}

function userFolder({ platform, home }: Surroundings): string {
  if (platform === 'darwin') return join(home, 'Library', 'Application Support');
  return platform === 'win32' ? join(home, 'AppData', 'Local') : join(home, '.local', 'state');
}

function here(): Surroundings {
  return { platform: process.platform, environment: process.env, home: findHome() };
}

function findHome(): string {
  // A Lambda function can write nowhere else.
  if (process.env.AWS_LAMBDA_FUNCTION_NAME) return tmpdir();
  try {
    return userInfo().homedir;
  } catch {
    // A container may run under a user id that its list of users does not have.
    return homedir();
  }
}
