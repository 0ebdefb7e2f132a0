/**
 * "A null or empty string for the XksProxyVpcEndpointServiceName" (reference page of UpdateCustomKeyStore): what goes on the
 * wire when a store goes to PUBLIC_ENDPOINT, before validation drops every null and judges every length.
 */
import type { Interpretations } from '../interpretations.ts';

const member = 'XksProxyVpcEndpointServiceName';

export interface ReadServiceName {
  /** The input, with '' in place of a null that means it. */
  readonly read: unknown;
  /** Members that may be an empty string in spite of their shortest length. */
  readonly mayBeEmpty: readonly string[];
}

export function readServiceName(input: unknown, reading: Interpretations['emptyServiceName']): ReadServiceName {
  if (reading === 'rejected') return { read: input, mayBeEmpty: [] };
  const values = input as Record<string, unknown> | null | undefined;
  const isNulled =
    values?.XksProxyConnectivity === 'PUBLIC_ENDPOINT' && Object.hasOwn(values, member) && values[member] === null;
  return {
    read: isNulled ? { ...values, [member]: '' } : input,
    mayBeEmpty: ['xksProxyVpcEndpointServiceName'],
  };
}
