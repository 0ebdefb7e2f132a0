/** How another process ends the hold of a run on this machine: a file beside the journal, which the run reads. */
import { join } from 'node:path';
import { isRisk, type Risk } from '../../domain/policy.ts';
import { type Files, nodeFiles } from '../files/files.ts';
import { JournalError } from './errors.ts';

/** No correction is among it: what a secret is named by is only known where it was typed. */
type FileRelease = { readonly kind: 'released'; readonly accepted: readonly Risk[] } | { readonly kind: 'givenUp' };

/** @throws {JournalError} where it cannot be written. */
export async function requestRelease(
  folder: string,
  runId: string,
  release: FileRelease,
  files: Files = nodeFiles,
): Promise<void> {
  const file = releaseFile(folder, runId);
  try {
    await files.replace(file, `${JSON.stringify(release)}\n`);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new JournalError('unreadable', `cks cannot end the hold: ${file} cannot be written (${code ?? message})`, {
      cause,
    });
  }
}

/** The release that was asked for since, once; null: none was. Never fails. */
export async function takeRelease(
  folder: string,
  runId: string,
  files: Files = nodeFiles,
): Promise<FileRelease | null> {
  const file = releaseFile(folder, runId);
  const text = await files.read(file).then(String, () => null);
  if (text === null) return null;
  await files.remove(file).catch(() => undefined);
  return parseRelease(text);
}

function parseRelease(text: string): FileRelease | null {
  try {
    const { kind, accepted } = Object(JSON.parse(text)) as { readonly kind?: unknown; readonly accepted?: unknown };
    if (kind === 'givenUp') return { kind };
    const isList = Array.isArray(accepted) && accepted.every((risk) => typeof risk === 'string' && isRisk(risk));
    return kind === 'released' && isList ? { kind, accepted } : null;
  } catch {
    return null;
  }
}

/** Goes with the journal when that is thrown away. */
function releaseFile(folder: string, runId: string): string {
  return join(folder, `${runId}.release`);
}
