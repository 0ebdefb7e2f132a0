/** Whatever a test prints fails it: the product writes only to the streams that it is handed. */
import { afterEach } from 'vitest';
import { takePrinted } from './printed.ts';

afterEach(() => {
  const pieces = takePrinted();
  if (pieces.length > 0) throw new Error(`stray output: ${pieces.join('\n')}`);
});
