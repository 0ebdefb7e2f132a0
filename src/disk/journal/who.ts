/** Whose process this is, for the header of a journal. */
import { hostname, userInfo } from 'node:os';
import type { Who } from './format.ts';

export function findWho(): Who {
  return { user: findUser(), host: hostname(), pid: process.pid };
}

/** A container may run under a user id that its list of users does not have. */
function findUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
