/** Texts from outside as people may see them. Unseen characters could rewrite, reorder or forge what stands around them. */

/** Controls (C0, DEL, C1), marks of direction, zero width, line and paragraph separators, and whatever else draws nothing. */
const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** One line, with a question mark in the place of each unseen character. */
export function toPrintable(text: string): string {
  return text.replace(unseen, '?');
}

/** The same for a text of lines and columns. */
export function toPrintableLines(text: string): string {
  return text.replace(unseen, (sign) => (sign === '\n' || sign === '\t' ? sign : '?'));
}

/** JSON in which each unseen character is escaped: the same value to a program. */
export function toJson(value: unknown, indent?: number): string {
  return escapeUnseen(JSON.stringify(value, null, indent));
}

/** Of a text in JSON: unseen characters stand only in its strings. */
export function escapeUnseen(json: string): string {
  return json.replace(unseen, (sign) => (sign === '\n' ? sign : sign.split('').map(escapeUnit).join('')));
}

const escapeUnit = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
