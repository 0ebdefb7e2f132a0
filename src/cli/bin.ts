#!/usr/bin/env node
/** The executable: this process as the command's world, and its exit code. */
import { processIo } from './io.ts';
import { main } from './main.ts';

process.exitCode = await main(processIo());
