/** Takes secrets out of what is shown: by their names in an object, and by their values, however written, in a text. */
import { describeProperty, propertyNames } from './properties.ts';

const placeholder = '(secret)';

/** The names under which a secret may stand in an object, from the one table. */
export const secretNames: readonly string[] = propertyNames.flatMap((name) => {
  const { secret, secretMember } = describeProperty(name);
  if (secret) return [name];
  return secretMember ? [secretMember.name] : [];
});

/** A copy of the input of a request: without its secrets, however deep, and without bytes, which are no reading matter. */
export function redactInput(input: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return redact(input) as Readonly<Record<string, unknown>>;
}

function redact(value: unknown): unknown {
  if (value instanceof Uint8Array) return `(${value.length} bytes)`;
  if (Array.isArray(value)) return value.map(redact);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [
    name,
    secretNames.includes(name) ? placeholder : redact(member),
  ]);
  return Object.fromEntries(members);
}

/** The secrets in the input of a request, in the document of a kept secret, or in a text that is the secret itself. */
export function listSecrets(value: unknown): readonly string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    if (secretNames.includes(name) || typeof member === 'object') return listSecrets(member);
    return [];
  });
}

export type Hide = (text: string) => string;

/** Replaces every secret in a text, in each form and case in which a program may have repeated it. */
export function createHider(secrets: Iterable<string>): Hide {
  const forms = [...new Set([...secrets].flatMap(listForms))].sort((a, b) => b.length - a.length);
  if (forms.length === 0) return (text) => text;
  const parts = forms.map((form) => form.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
  const pattern = new RegExp(parts.join('|'), 'gi');
  return (text) => text.replace(pattern, placeholder);
}

/** See createHider. */
export const hideSecrets = (text: string, secrets: Iterable<string>): string => createHider(secrets)(text);

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** As it is, in JSON, in a URL, in a form, in HTML, in hexadecimal and in Base64. */
function listForms(secret: string): readonly string[] {
  if (secret === '') return [];
  const json = JSON.stringify(secret).slice(1, -1);
  const url = encode(() => encodeURIComponent(secret), secret);
  const form = new URLSearchParams({ '': secret }).toString().slice(1);
  return [
    secret,
    json,
    json.replaceAll('/', '\\/'),
    JSON.stringify(json).slice(1, -1),
    url,
    encode(() => encodeURI(secret), secret),
    form,
    encode(() => encodeURIComponent(url), secret),
    secret.replace(/[&<>"']/g, (character) => entities[character] ?? character),
    Buffer.from(secret).toString('hex'),
    ...listBase64(secret),
  ];
}

/** Half of a surrogate pair has no form in a URL. */
function encode(work: () => string, otherwise: string): string {
  try {
    return work();
  } catch {
    return otherwise;
  }
}

/** Shorter pieces of Base64 are found in texts that hold no secret. */
const leastBase64 = 8;

/** As the whole of the encoded bytes, and as a part of them at each of the three places where it may begin. */
function listBase64(secret: string): readonly string[] {
  const parts = [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    // Characters at the edges hold bits of the neighbors too.
    const first = Math.ceil((before * 8) / 6);
    const end = Math.floor((bytes.length * 8) / 6);
    return bytes.toString('base64').slice(first, end);
  });
  const whole = Buffer.from(secret).toString('base64');
  const forms = [whole, whole.replace(/=+$/, ''), ...parts].filter(({ length }) => length >= leastBase64);
  return forms.flatMap((form) => [form, form.replaceAll('+', '-').replaceAll('/', '_')]);
}
