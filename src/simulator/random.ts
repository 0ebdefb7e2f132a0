/** Reproducible chance: the same seed gives the same ids, passwords and durations. It is never used for anything secret. */

export interface Random {
  /** The next number in [0, 1). */
  next(): number;
  text(alphabet: string, length: number): string;
  bytes(length: number): Buffer;
}

export const alphabets = {
  alphanumeric: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  base32: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
  base64: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  clusterId: 'abcdefghijklmnopqrstuvwxyz234567',
  hex: '0123456789abcdef',
} as const;

/** Mulberry32, salted by what it is for, so that one use drawing more numbers leaves the others as they were. */
export function createRandom(seed: number, use: string): Random {
  let state = [...use].reduce((hash, letter) => Math.imul(hash ^ letter.charCodeAt(0), 0x01000193), seed ^ 0x811c9dc5);
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const text = (alphabet: string, length: number): string => {
    let drawn = '';
    while (drawn.length < length) drawn += alphabet.charAt(Math.floor(next() * alphabet.length));
    return drawn;
  };
  const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => Math.floor(next() * 256)));
  return { next, text, bytes };
}

export function makeUuid(random: Random): string {
  return [8, 4, 4, 4, 12].map((length) => random.text(alphabets.hex, length)).join('-');
}
