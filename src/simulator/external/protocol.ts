/**
 * How KMS speaks to an external key store proxy: one signed request, and a reply or none. The answer comes from a proxy in
 * this process or one behind HTTPS; only this layer knows which. XKS proxy API specification 1.0.3.
 */

export interface ProxyRequest {
  readonly endpoint: string;
  /** The VPC endpoint service through which KMS reaches the endpoint; undefined: the public internet. */
  readonly serviceName: string | undefined;
  /** What KMS is asked for meanwhile. */
  readonly kmsOperation: string;
  /** The base path; the resource is appended to it. */
  readonly path: string;
  /** `health`: GetHealthStatus; `keys/ID/metadata`: GetKeyMetadata; Encrypt and Decrypt. */
  readonly resource: 'health' | `keys/${string}/${'metadata' | 'encrypt' | 'decrypt'}`;
  /** The credential that the request is signed with. */
  readonly accessKeyId: string;
  readonly secret: string;
  /** JSON, with the requestMetadata. */
  readonly body: string;
}

export interface ProxyAnswer {
  readonly status: number;
  readonly body: string;
  /** Where it sends the client instead. */
  readonly location?: string;
  /** How often the body comes, one after the other; default once. */
  readonly repeats?: number;
}

/** `timedOut`: connected, and no answer within 250 ms; `late`: the one that comes then, at once or byte by byte. */
export type ProxyReply =
  | ({ readonly kind: 'answered' } & ProxyAnswer)
  | { readonly kind: 'unreachable' | 'tlsFailed' }
  | { readonly kind: 'timedOut'; readonly late?: ProxyAnswer; readonly isByteByByte?: boolean };

export type AskProxy = (request: ProxyRequest) => ProxyReply;

/** The body as JSON; undefined if it is not JSON. */
export function readBody(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** The errorName of an answer that is no success; undefined where it has none. */
export function readErrorName(body: string): string | undefined {
  const name = readBody(body)?.errorName;
  return typeof name === 'string' ? name : undefined;
}
