/**
 * Takes the secrets that this process knows out of text from outside: a service may repeat a secret in the answer to any
 * later call. No secret is kept here: each closure that holds some is asked, for as long as it lives.
 */
import { hideSecrets } from '../domain/redaction.ts';

/** None that KMS takes is shorter; a shorter value would be found in words that hold no secret. */
const leastLength = 7;

const holders = new Set<WeakRef<ReadonlySet<string>>>();

/** A set for a closure that holds secrets; whatever is in it is hidden until the closure is gone. */
export function createKnownSecrets(): Set<string> {
  const secrets = new Set<string>();
  holders.add(new WeakRef(secrets));
  return secrets;
}

/** `also`: secrets that no closure holds. */
export function hideKnownSecrets(text: string, also: Iterable<string> = []): string {
  return hideSecrets(text, [...listKnown(), ...also]);
}

function* listKnown(): Generator<string> {
  for (const holder of holders) {
    const secrets = holder.deref();
    if (secrets === undefined) holders.delete(holder);
    else for (const secret of secrets) if (secret.length >= leastLength) yield secret;
  }
}
