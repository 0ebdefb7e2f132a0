/** What a check needs of an external key store proxy: the XKS proxy API, asked from here as KMS asks it. */
import type { CredentialValue } from './kms.ts';

/** Whether the settings in force are meant, or those that are asked for: both may have one name and different addresses. */
export type Side = 'old' | 'new';

export interface ProxyRequest {
  /** Default: old. */
  readonly side?: Side;
  /** `https://` and a host. */
  readonly endpoint: string;
  /** Base path; the resource is appended to it. */
  readonly path: string;
  readonly resource: 'health' | `keys/${string}/${'metadata' | 'encrypt' | 'decrypt'}`;
  readonly method: 'POST' | 'GET';
  readonly credential: CredentialValue;
  /** Sent as JSON with a POST. */
  readonly body: object;
}

/** Why there was no answer that could be read. `closed`: the connection ended before. */
export type ProxyTrouble =
  | 'noName'
  | 'ipv6Only'
  | 'noConnection'
  | 'notTls'
  | 'oldTls'
  | 'tlsRefused'
  | 'clientCertificate'
  | 'certificate'
  | 'closed'
  | 'notHttp'
  | 'tooLarge'
  | 'timedOut'
  | 'stopped';

/** `detail`: the code of the error, for people. */
export interface NoReply {
  readonly kind: 'failed';
  readonly trouble: ProxyTrouble;
  readonly detail: string;
}

export interface ProxyAnswer {
  readonly kind: 'answered';
  readonly status: number;
  /**
   * The body; undefined where it is no JSON. Its texts may be shown: they are printable, short and without secrets. Only the
   * members that hold bytes are as the proxy sent them.
   */
  readonly json: unknown;
  /** What was asked for: path and resource. */
  readonly path?: string;
  /** In whose name: the ARN that the request held. */
  readonly principal?: string;
  /** Of the proxy's clock before ours, in milliseconds; null where it told no time. */
  readonly aheadMs: number | null;
  /** From the question to the last byte; for `health` the connection is made within it. */
  readonly elapsedMs: number;
}

export type ProxyReply = ProxyAnswer | NoReply;

export interface ProxyCertificate {
  readonly names: readonly string[];
  /** Whether its common name is that of the endpoint. `names` has the alternative names too. */
  readonly commonNameFits: boolean;
  readonly expiresAtMs: number;
  /** From the certificate itself towards its root, as far as the proxy sends them or this machine has them. */
  readonly chain: readonly ChainLink[];
  /** The CA that issued the last one of the chain; a root issued itself. */
  readonly issuer: string;
  /** Why this machine does not trust it; null where it does. `unverified`: this machine does not know its CA. */
  readonly flaw: 'expired' | 'notYetValid' | 'wrongName' | 'selfSigned' | 'unverified' | null;
}

export interface ChainLink {
  /** Of the whole certificate: 64 hexadecimal digits in upper case. */
  readonly sha256: string;
  /** The operator has added it to those that are trusted. */
  readonly isAdded: boolean;
}

/** `certificate`: null where the proxy was reached over plain HTTP. */
export type ProxyGreeting = { readonly kind: 'met'; readonly certificate: ProxyCertificate | null } | NoReply;

/** Every method ends within seconds, whatever the proxy does, and never throws for what it does. */
export interface XksProxy {
  /** Connects, and sends nothing. `side`: default old. */
  greet(endpoint: string, signal: AbortSignal, side?: Side): Promise<ProxyGreeting>;
  ask(request: ProxyRequest, signal: AbortSignal): Promise<ProxyReply>;
  /** Where it is reached from here: `HOST:PORT`. */
  locate(endpoint: string, side: Side): string;
}
