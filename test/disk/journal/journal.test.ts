import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { nodeFiles } from '../../../src/disk/files/files.ts';
import { encodeLine } from '../../../src/disk/journal/format.ts';
import { createJournal, openJournal } from '../../../src/disk/journal/journal.ts';
import { readJournal } from '../../../src/disk/journal/shelf.ts';
import { accepted, facts, intent, makeFolder, note, observe, resumed, watchFiles } from '../../support/journals.ts';

const onLost = () => {
  throw new Error('nothing is lost here');
};

async function begin() {
  const folder = join(makeFolder(), 'runs');
  const journal = await createJournal(folder, facts, { onLost });
  onTestFinished(() => journal.close());
  return { folder, journal, text: () => readFileSync(journal.file, 'utf8') };
}

/** A journal of a run that died, with these records on the disk. */
async function beginAndDie() {
  const { folder, journal, text } = await begin();
  for (const record of [observe, intent, accepted, note]) await journal.log.append(record, record !== observe);
  await journal.close();
  return { folder, file: journal.file, lines: text().trimEnd().split('\n') };
}

describe('a journal', () => {
  it('can be begun by many at once, in a folder that nobody has made yet', async () => {
    const folder = join(makeFolder(), 'state/of/many/runs');
    const runIds = Array.from({ length: 20 }, (_, at) => `run-${at}`);
    const journals = await Promise.all(runIds.map((runId) => createJournal(folder, { ...facts, runId }, { onLost })));
    await Promise.all(journals.map((journal) => journal.close()));
    expect(journals.map(({ file }) => file)).toEqual(runIds.map((runId) => join(folder, `${runId}.ndjson`)));
  });

  it('is only for its user: file 0600, folder 0700', async () => {
    const { folder, journal } = await begin();
    expect((statSync(journal.file).mode & 0o777).toString(8)).toBe('600');
    expect((statSync(folder).mode & 0o777).toString(8)).toBe('700');
  });

  it('is valid NDJSON while the run goes on and after, and shows every line once', async () => {
    const { folder, journal, text } = await begin();
    await journal.log.append(observe, false);
    await journal.log.append(intent, true);
    const readNow = () =>
      [...text().matchAll(/^.+$/gm)].filter(([line]) => line.trim()).map(([line]) => JSON.parse(line));
    expect(readNow()).toMatchObject([{ kind: 'run', schema: 1, ...facts }, observe, { ...intent, synced: true }]);
    await journal.finish({ atMs: 2_000, outcome: 'updated', result: { outcome: 'updated' } });
    expect(readNow().map(({ kind }) => kind)).toEqual(['run', 'result', 'intent', 'end']);
    expect(text().endsWith('}\n')).toBe(true);
    const { header, records, end } = await readJournal(folder, 'run-1');
    expect(header).toEqual({ kind: 'run', schema: 1, ...facts });
    expect(records).toEqual([observe, intent]);
    expect(end).toEqual({ kind: 'end', atMs: 2_000, outcome: 'updated', result: { outcome: 'updated' } });
  });

  it('holds 64 KB from its beginning until its end', async () => {
    const { journal } = await begin();
    const { size, blocks } = statSync(journal.file);
    expect(size).toBeGreaterThan(65_536);
    expect(blocks * 512).toBeGreaterThanOrEqual(65_536);
    await journal.log.append(observe, false);
    expect(statSync(journal.file).size).toBe(size);
    await journal.close();
    expect(statSync(journal.file).size).toBeLessThan(1_000);
  });

  it('grows beyond its reserve', async () => {
    const { folder, journal } = await begin();
    const long = { ...note, note: 'ü'.repeat(9_000) };
    for (let nth = 0; nth < 8; nth += 1) await journal.log.append(long, nth % 2 === 0);
    await journal.close();
    expect((await readJournal(folder, 'run-1')).records).toEqual(Array(8).fill(long));
  });

  it('makes one write a record, and syncs where it was told to', async () => {
    const calls: string[] = [];
    const files = watchFiles(nodeFiles, (call) => calls.push(call));
    const journal = await createJournal(join(makeFolder(), 'runs'), facts, { onLost, files });
    expect(calls.splice(0)).toEqual(['makeFolder', 'create', 'write', 'sync', 'syncFolder']);
    await journal.log.append(observe, false);
    expect(calls.splice(0)).toEqual(['write']);
    await journal.log.append(intent, true);
    expect(calls.splice(0)).toEqual(['write', 'sync']);
    await journal.close();
    expect(calls.splice(0)).toEqual(['truncate', 'close']);
  });

  it('keeps records in the order they came, also where nobody waits', async () => {
    const { folder, journal } = await begin();
    const stop = { kind: 'stop', atMs: 1_150 } as const;
    await Promise.all([
      journal.log.append(observe, false),
      journal.log.append(stop, true),
      journal.log.append(intent, true),
    ]);
    await journal.close();
    expect((await readJournal(folder, 'run-1')).records).toEqual([observe, stop, intent]);
  });

  it('is never begun twice for one run', async () => {
    const { folder, text } = await begin();
    const before = text();
    await expect(createJournal(folder, facts, { onLost })).rejects.toThrow(/EEXIST/);
    expect(text()).toBe(before);
  });

  it('takes nothing more once it is closed', async () => {
    const { journal, text } = await begin();
    await journal.close();
    const before = text();
    await expect(journal.log.append(intent, true)).rejects.toThrow('is closed');
    expect(text()).toBe(before);
  });
});

describe('going on with a journal', () => {
  it('finds what was kept, says who goes on, and writes behind it', async () => {
    const { folder } = await beginAndDie();
    const journal = await openJournal(folder, 'run-1', resumed, { onLost });
    expect(journal.log.past).toEqual([observe, intent, accepted, note]);
    await journal.log.append({ ...note, note: 'DISCONNECTED' }, true);
    await journal.close();
    const { lines, records } = await readJournal(folder, 'run-1');
    expect(lines.map(({ kind }) => kind)).toEqual(['run', 'result', 'intent', 'result', 'note', 'resumed', 'note']);
    expect(lines[5]).toEqual({ kind: 'resumed', ...resumed });
    expect(records).toHaveLength(5);
  });

  it('ignores a last line that was torn at any byte, and writes over it', async () => {
    const { folder, file, lines } = await beginAndDie();
    const whole = `${lines.join('\n')}\n`;
    const before = `${lines.slice(0, -1).join('\n')}\n`;
    for (let bytes = before.length; bytes < whole.length; bytes += 1) {
      // Behind a torn line stands what was reserved, or nothing.
      writeFileSync(file, whole.slice(0, bytes) + (bytes % 2 ? `${' '.repeat(100)}\n` : ''));
      const journal = await openJournal(folder, 'run-1', resumed, { onLost });
      expect(journal.log.past, `torn at byte ${bytes}`).toEqual([observe, intent, accepted]);
      await journal.log.append(note, true);
      await journal.close();
      expect((await readJournal(folder, 'run-1')).records).toEqual([observe, intent, accepted, note]);
    }
  });

  it('ignores what a power cut left of lines that nobody had waited for', async () => {
    const { folder, journal } = await begin();
    await journal.log.append(intent, true);
    for (const atMs of [1, 2, 3]) await journal.log.append({ ...note, atMs }, false);
    await journal.close();
    const lines = readFileSync(journal.file, 'utf8').split('\n');
    // The block that holds the second one never reached the disk.
    const torn = [...lines.slice(0, 3), ' '.repeat(40) + lines[3]?.slice(40), ...lines.slice(4)];
    writeFileSync(journal.file, torn.join('\n'));
    expect((await readJournal(folder, 'run-1')).records).toEqual([intent, { ...note, atMs: 1 }]);
  });

  it('leaves lines of a kind it does not know to people', async () => {
    const { folder, file, lines } = await beginAndDie();
    const rest = [
      { kind: 'weather', atMs: 5, is: 'fine' },
      { ...accepted, atMs: 6 },
    ];
    const { next } = await readJournal(folder, 'run-1');
    let { sum } = next;
    const more = rest.map((line) => {
      const encoded = encodeLine(line, true, sum);
      sum = encoded.sum;
      return encoded.text;
    });
    writeFileSync(file, `${lines.join('\n')}\n${more.join('')}`);
    const contents = await readJournal(folder, 'run-1');
    expect(contents.lines.at(-2)).toEqual(rest[0]);
    expect(contents.records.at(-1)).toEqual(rest[1]);
    expect(contents.records).toHaveLength(5);
  });
});

describe('a journal that cannot be gone on with is refused, and stays as it is', () => {
  async function refusal(folder: string, runId = 'run-1') {
    const error = await openJournal(folder, runId, resumed, { onLost }).then(
      () => undefined,
      (thrown) => thrown,
    );
    expect(error).toMatchObject({ name: 'JournalError' });
    return `${error.problem}: ${error.message}`;
  }

  it.each(['run-2', '../run-1', '', 'a/b', '..'])('an unknown run: "%s"', async (runId) => {
    const { folder } = await beginAndDie();
    expect(await refusal(folder, runId)).toBe(`unknown: there is no run ${runId} in ${folder}; cks runs lists them`);
  });

  it('a run that has ended', async () => {
    const { folder, journal, text } = await begin();
    await journal.finish({ atMs: 1, outcome: 'rolledBack', result: {} });
    const before = text();
    expect(await refusal(folder)).toBe('ended: the run run-1 has ended (rolledBack)');
    expect(text()).toBe(before);
  });

  it('one of a newer version', async () => {
    const { folder, file, lines } = await beginAndDie();
    writeFileSync(file, (lines[0] ?? '').replace('"schema":1,"version":"0.1.0"', '"schema":2,"version":"3.0.0"'));
    expect(await refusal(folder)).toMatch(
      /^newer: .*run-1.ndjson was written by version 3.0.0 .* Continue with that version/,
    );
  });

  const changes: Readonly<Record<string, (lines: string[]) => string[]>> = {
    'a value was changed': (lines) => lines.with(3, (lines[3] ?? '').replace('accepted', 'refused')),
    'the header was changed': (lines) => lines.with(0, (lines[0] ?? '').replace('us-east-1', 'us-east-2')),
    'the last line was changed': (lines) => lines.with(4, (lines[4] ?? '').replace('DISCONNECTING', 'CONNECTED')),
    'a line was taken out': (lines) => lines.toSpliced(2, 1),
    'a line was put twice': (lines) => lines.toSpliced(2, 0, lines[2] ?? ''),
    'lines changed places': (lines) => [...lines.slice(0, 2), lines[3] ?? '', lines[2] ?? '', ...lines.slice(4)],
    'a line was cut in half': (lines) => lines.with(2, (lines[2] ?? '').slice(0, 50)),
    'a blank line came in between': (lines) => lines.toSpliced(2, 0, ''),
    'a line of somebody came in between': (lines) => lines.toSpliced(2, 0, '{"kind":"note"}'),
    'its first half is gone': (lines) => lines.slice(2),
  };

  it.each(Object.entries(changes))('%s', async (name, change) => {
    const { folder, file, lines } = await beginAndDie();
    const changed = change(lines);
    writeFileSync(file, `${changed.join('\n')}\n`);
    const at = [...changed.keys()].find((nth) => changed[nth] !== lines[nth]) ?? changed.length;
    expect(await refusal(folder), name).toContain(
      `broken: ${file} was changed after cks wrote it: from line ${at + 1} on, its checksums do not fit.`,
    );
    expect(readFileSync(file, 'utf8')).toBe(`${changed.join('\n')}\n`);
  });

  const spoil = (lines: readonly string[], space?: number) =>
    lines.map((line) => JSON.stringify(JSON.parse(line), null, space));
  const respace = (line: string) => line.replaceAll('":', '": ').replaceAll(',"', ', "');
  const rewritten: Readonly<Record<string, (lines: readonly string[]) => string>> = {
    'pretty-printed JSON': (lines) => spoil(lines, 2).join('\n'),
    'one JSON array': (lines) => `[${lines.join(',')}]\n`,
    'one JSON array over several lines': (lines) => `[\n${lines.join(',\n')}\n]\n`,
    'other spaces': (lines) => lines.map(respace).join('\n'),
    'other spaces, and the header alone': ([header = '']) => respace(header),
    'line ends of Windows': (lines) => lines.join('\r\n'),
    'line ends of Windows, and the header alone': ([header = '']) => `${header}\r\n`,
    'a byte order mark': (lines) => `\ufeff${lines.join('\n')}`,
    'a header with another value, and nothing else': ([header = '']) => header.replace('us-east-1', 'us-east-2'),
    'something else': () => 'hello\nworld\n',
    null: () => 'null',
  };

  it.each(Object.entries(rewritten))(
    'says that a journal was changed, and not to delete it, where it was written anew with %s',
    async (_, rewrite) => {
      const { folder, file, lines } = await beginAndDie();
      writeFileSync(file, rewrite(lines.filter((line) => line.trim())));
      const message = await refusal(folder);
      expect(message).toBe(
        `broken: ${file} was changed after cks wrote it: from line 1 on, its checksums do not fit. Restore it from a backup. Without one, describe the store and its keys, and decide.`,
      );
    },
  );

  it.each(['pretty-printed JSON', 'other spaces', 'line ends of Windows'])(
    'says that a journal was changed where all lines but its header were written anew with %s',
    async (how) => {
      const { folder, file, lines } = await beginAndDie();
      const [header = '', ...others] = lines.filter((line) => line.trim());
      writeFileSync(file, `${header}\n${rewritten[how]?.(others)}\n`);
      expect(await refusal(folder)).toContain('was changed after cks wrote it: from line 2 on,');
    },
  );

  it('says of a journal with less than a header that its run sent nothing', async () => {
    const { folder, file, lines } = await beginAndDie();
    const [header = ''] = lines;
    const reserved = `${' '.repeat(100)}\n`;
    for (const torn of ['', header.slice(0, 20), header.slice(0, -3), header, '\0\0\0', reserved]) {
      for (const rest of ['', reserved, '\0\0']) {
        if (torn === header && rest === reserved) continue;
        writeFileSync(file, torn + rest);
        expect(await refusal(folder)).toBe(
          `broken: ${file} has no whole header: its run died before it sent anything. Delete it.`,
        );
      }
    }
  });
});
