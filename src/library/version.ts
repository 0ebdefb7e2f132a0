/** The version of this package, as its own manifest has it. */
import { createRequire } from 'node:module';

export const { version } = createRequire(import.meta.url)('cks-safe-update/package.json') as { version: string };
