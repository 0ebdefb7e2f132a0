import type { RequestOptions } from '../../src/aws/service-client.ts';

/** What goes with each request of a question to a service that is in this process, and answers at once. */
export const unlimited: RequestOptions = { requestTimeout: 0, abortSignal: new AbortController().signal };
