/** Lines of at most 80 columns. */
const columns = 80;

/** Breaks a text between words. The first line begins with `label`; the others are indented, by default as far. */
export function wrap(text: string, label = '', indent = ' '.repeat(label.length)): string {
  const lines: string[] = [];
  let line = label;
  let isEmpty = true;
  for (const word of text.split(/\s+/)) {
    if (!isEmpty && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = indent;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  lines.push(line);
  return lines.join('\n');
}

/** A text without its breaks: for a line that is not wrapped. */
export function toOneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

/** Rows of label and text, the texts under each other. */
export function columnsOf(rows: readonly (readonly [label: string, text: string])[], margin = '  '): string[] {
  const width = Math.max(0, ...rows.map(([label]) => label.length));
  return rows.map(([label, text]) => wrap(text, `${margin}${label.padEnd(width)}  `));
}
