/**
 * The string and template literals of a TypeScript source, with the lines that they begin in. Comments, regular expressions and
 * the code inside `${}` are left out; literals in that code are found as well.
 */
export interface Literal {
  readonly line: number;
  readonly text: string;
}

// One token at a time, at the position of `lastIndex`. A division would be read as a regular expression only behind an operator.
const comment = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const quoted = /'((?:[^'\\\n]|\\.)*)'|"((?:[^"\\\n]|\\.)*)"/y;
const expression = /\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const beforeExpression = /(?:[(,=:[!&|?{};+>]|\breturn|^)\s*$/;

export function listLiterals(source: string): readonly Literal[] {
  const found: Literal[] = [];
  const lineAt = (at: number) => source.slice(0, at).split('\n').length;
  const match = (token: RegExp, at: number) => {
    token.lastIndex = at;
    return token.exec(source);
  };

  /** Reads code up to the brace that closes it, or to the end, and returns the position behind that. */
  function readCode(from: number): number {
    let depth = 0;
    for (let at = from; at < source.length; ) {
      const skipped = match(comment, at);
      const literal = match(quoted, at);
      if (skipped) at += skipped[0].length;
      else if (literal) {
        found.push({ line: lineAt(at), text: literal[1] ?? literal[2] ?? '' });
        at += literal[0].length;
      } else if (source[at] === '`') at = readTemplate(at + 1);
      else if (source[at] === '/' && beforeExpression.test(source.slice(Math.max(0, at - 40), at)))
        at += match(expression, at)?.[0].length ?? 1;
      else {
        if (source[at] === '{') depth += 1;
        if (source[at] === '}' && --depth < 0) return at + 1;
        at += 1;
      }
    }
    return source.length;
  }

  /** Reads a template up to its last backtick, and returns the position behind that. A value in it is shown as `…`. */
  function readTemplate(from: number): number {
    let text = '';
    for (let at = from; at < source.length; ) {
      if (source[at] === '`') {
        found.push({ line: lineAt(from), text });
        return at + 1;
      }
      if (source.startsWith('${', at)) {
        text += '…';
        at = readCode(at + 2);
      } else {
        const letter = source[at] === '\\' ? source.slice(at, at + 2) : (source[at] ?? '');
        text += letter;
        at += letter.length;
      }
    }
    return source.length;
  }

  readCode(0);
  return found;
}
