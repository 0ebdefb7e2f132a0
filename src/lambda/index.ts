/** Functions for AWS Lambda. Each loads what it needs when it is made. */
export * from './rotation/index.ts';
export * from './safe-update/index.ts';
