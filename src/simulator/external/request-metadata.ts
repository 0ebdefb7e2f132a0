/** The requestMetadata of a request to a proxy. Source: XKS proxy API specification 1.0.3, which says of each call what is REQUIRED. */

/** The members that any call may have to have. Each is opaque to a proxy. */
export type RequestMetadata = { readonly [M in (typeof required)['encrypt'][number]]?: string };

const health = ['kmsOperation', 'kmsRequestId'] as const;
const metadata = [...health, 'awsPrincipalArn'] as const;
const use = [...metadata, 'kmsKeyArn'] as const;

const required = { health, metadata, encrypt: use, decrypt: use } as const;

/** `resource`: `health` or `keys/ID/ACTION`. Undefined where a member that the call requires is missing. */
export function readMetadata(
  { requestMetadata }: { readonly requestMetadata?: unknown },
  resource: string,
): RequestMetadata | undefined {
  if (typeof requestMetadata !== 'object' || requestMetadata === null) return undefined;
  const given = requestMetadata as Readonly<Record<string, unknown>>;
  const action = resource.slice(resource.lastIndexOf('/') + 1);
  const members: readonly string[] = Object.hasOwn(required, action) ? required[action as keyof typeof required] : [];
  return members.every((member) => typeof given[member] === 'string') ? given : undefined;
}
