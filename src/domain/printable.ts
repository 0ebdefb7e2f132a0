/** A text from outside as people may see it: a control character in it could rewrite the terminal it is shown on. */
export function toPrintable(text: string): string {
  return text.replace(/\p{Cc}/gu, '?');
}
