/**
 * Takes the secrets that this process knows out of text from outside: a service may repeat a secret in the answer to any
 * later call. A secret is known for as long as the closure that holds it lives.
 */
import { createHider, type Hide } from '../domain/redaction.ts';

/** What a closure that holds secrets keeps, and fills with them. */
export interface KnownSecrets {
  add(secret: string): void;
  clear(): void;
}

/** None that KMS takes is shorter; a shorter value would be found in words that hold no secret. */
const leastLength = 7;

const holders = new Set<WeakRef<KnownSecrets & { readonly secrets: ReadonlySet<string> }>>();
const forgotten = new FinalizationRegistry(() => {
  known = undefined;
});
/** Made when a text first needs it, and anew when a secret came or went. */
let known: { readonly secrets: ReadonlySet<string>; readonly hide: Hide } | undefined;

export function createKnownSecrets(): KnownSecrets {
  const secrets = new Set<string>();
  const holder = {
    secrets,
    add(secret: string): void {
      if (secret.length < leastLength) return;
      secrets.add(secret);
      if (known?.secrets.has(secret) === false) known = undefined;
    },
    clear(): void {
      secrets.clear();
      known = undefined;
    },
  };
  holders.add(new WeakRef(holder));
  forgotten.register(holder, undefined);
  return holder;
}

/** `also`: secrets that no closure holds. */
export function hideKnownSecrets(text: string, also: readonly string[] = []): string {
  known ??= compile();
  const { secrets, hide } = known;
  const others = also.filter((secret) => !secrets.has(secret));
  return hide(others.length === 0 ? text : createHider(others)(text));
}

function compile(): NonNullable<typeof known> {
  const secrets = new Set<string>();
  for (const holder of holders) {
    const held = holder.deref();
    if (held === undefined) holders.delete(holder);
    else for (const secret of held.secrets) secrets.add(secret);
  }
  return { secrets, hide: createHider(secrets) };
}
