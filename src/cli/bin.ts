#!/usr/bin/env node
/** The executable: this process as the command's world, and its exit code. */
import module from 'node:module';
import { join } from 'node:path';
import type { Writable } from 'node:stream';

keepCompiledCode();
// Only a log shows stacks, and source maps take longer to load than most commands.
if (process.argv.some((word) => word.startsWith('--log-') || word === '--debug')) process.setSourceMapsEnabled(true);
// Only what is loaded after the cache is enabled is kept in it.
const [{ main }, { processIo }] = await Promise.all([import('./main.ts'), import('./terminal/io.ts')]);
const exitCode = await main(processIo());
await Promise.all([process.stdout, process.stderr].map(flush));
// Not by itself: what a command has left behind, such as a credential_process that hangs, would keep it alive.
process.exit(exitCode);

/**
 * From Node.js 22.1 the code is compiled once for all commands. Not in the folder for temporary files, the default, where
 * another user might put code for this one. NODE_COMPILE_CACHE names another folder, NODE_DISABLE_COMPILE_CACHE=1 ends it.
 */
function keepCompiledCode(): void {
  const { enableCompileCache } = module as { readonly enableCompileCache?: (folder: string) => unknown };
  const { NODE_COMPILE_CACHE: named, XDG_CACHE_HOME, LOCALAPPDATA, HOME } = process.env;
  const caches = XDG_CACHE_HOME || LOCALAPPDATA || (HOME && join(HOME, '.cache'));
  const folder = named || (caches && join(caches, 'cks', 'compiled'));
  // It never throws: in a folder that cannot be written nothing is kept.
  if (folder) enableCompileCache?.(folder);
}

/** Also where the reader is gone. */
function flush(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.writableLength === 0 || stream.destroyed) resolve();
    else stream.write('', () => resolve());
  });
}
