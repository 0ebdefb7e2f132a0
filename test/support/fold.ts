/** Shows once what repeats in a trace. */

/** The same line again and again is one line: `Describe→CONNECTING ×5`. */
export function foldLines(lines: readonly string[]): readonly string[] {
  const runs: { line: string; times: number }[] = [];
  for (const line of lines) {
    const last = runs.at(-1);
    if (last?.line === line) last.times += 1;
    else runs.push({ line, times: 1 });
  }
  return runs.map(({ line, times }) => (times > 1 ? `${line} ×${times}` : line));
}

/** Two lines that come again and again, such as a wait and the next try, are shown once. */
export function foldPairs(lines: readonly string[]): readonly string[] {
  const folded: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const pair = lines.slice(at, at + 2);
    let times = 1;
    while (pair.every((line, nth) => line === lines[at + 2 * times + nth])) times += 1;
    if (pair.length === 2 && times > 1) {
      folded.push(`${times} times:`, ...pair.map((line) => `  ${line}`));
      at += 2 * times;
    } else {
      folded.push(lines[at] ?? '');
      at += 1;
    }
  }
  return folded;
}
