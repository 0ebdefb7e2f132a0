/** `cks runs report RUN` with `--html FILE`, `--markdown [FILE]`, `--json`: the report of a run, in each of these forms. */
import { toJson } from '../domain/printable.ts';
import { InvalidInputError } from '../run/errors.ts';
import type { Io } from './io.ts';
import { hasFlag, type OptionValues, readText } from './option-values.ts';
import { writePrivately } from './output.ts';
import { loadVerb } from './session.ts';

export interface ReportForms {
  readonly html: string | undefined;
  /** True: on standard output. */
  readonly markdown: string | true | undefined;
  readonly json: boolean;
}

/** Markdown on standard output by default. @throws {InvalidInputError} */
export function readForms(optionValues: OptionValues): ReportForms {
  const html = readText(optionValues, 'html');
  const markdown = hasFlag(optionValues, 'markdown') || readText(optionValues, 'markdown');
  const json = hasFlag(optionValues, 'json');
  if (json && markdown === true) throw new InvalidInputError('--json and --markdown cannot both go to standard output');
  const isDefault = html === undefined && !markdown && !json;
  return { html, markdown: isDefault || markdown || undefined, json };
}

/** @throws {JournalError} @throws {InvalidInputError} when a file cannot be written */
export async function writeReport(
  { stdout, stderr }: Io,
  runId: string,
  stateDirectory: string | undefined,
  { html, markdown, json }: ReportForms,
): Promise<void> {
  const { reportRun } = await loadVerb(() => import('../library/report-run.ts'));
  const report = await reportRun(runId, stateDirectory);
  const write = (file: string, text: string) => {
    try {
      writePrivately(file, text);
    } catch (error) {
      throw new InvalidInputError(`the report cannot be written (${(error as NodeJS.ErrnoException).code})`);
    }
    stderr.write(`the report of ${runId} is in ${file}\n`);
  };
  if (html !== undefined) write(html, (await import('../report/html/page.ts')).renderPage(report));
  if (markdown !== undefined) {
    const text = (await import('../report/markdown.ts')).renderMarkdown(report);
    if (markdown === true) stdout.write(text);
    else write(markdown, text);
  }
  if (json) stdout.write(`${toJson(report, 2)}\n`);
}
