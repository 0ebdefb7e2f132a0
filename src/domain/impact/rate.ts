/** How often keys are used, in words. */

/** `1,240 requests per minute` */
export function describeRate(requestsPerMinute: number): string {
  if (requestsPerMinute === 0) return 'no request';
  return requestsPerMinute < 1
    ? `${countRequests(Math.max(1, requestsPerMinute * 60))} per hour`
    : `${countRequests(requestsPerMinute)} per minute`;
}

/** `1 request`, `1,240 requests` */
export function countRequests(requests: number): string {
  const rounded = Math.round(requests);
  return `${rounded.toLocaleString('en-US')} ${rounded === 1 ? 'request' : 'requests'}`;
}
