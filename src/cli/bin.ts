#!/usr/bin/env node
/** The executable: this process as the command's world, and its exit code. */
import type { Writable } from 'node:stream';
import { processIo } from './io.ts';
import { main } from './main.ts';

const exitCode = await main(processIo());
await Promise.all([process.stdout, process.stderr].map(flush));
// Not by itself: what a command has left behind, such as a credential_process that hangs, would keep it alive.
process.exit(exitCode);

/** Also where the reader is gone. */
function flush(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.writableLength === 0 || stream.destroyed) resolve();
    else stream.write('', () => resolve());
  });
}
