/** The one place where a window becomes instants; nothing of a calendar is loaded where none is named. */
import type { Opening } from '../../domain/window.ts';
import { systemClock } from '../../hosts/system-clock.ts';
import { InvalidInputError } from '../../run/errors.ts';

/** The opening that a run of now goes by. @throws {InvalidInputError} */
export async function resolveWindow(text: string | undefined): Promise<{ window?: Opening }> {
  if (text === undefined) return {};
  const { parseWindow, windowForm } = await import('../../domain/windows/window.ts');
  const { findOpening } = await import('../../domain/windows/find-opening.ts');
  const window = typeof text === 'string' ? parseWindow(text) : undefined;
  if (window === undefined) throw new InvalidInputError(`window ${JSON.stringify(text)}: expected ${windowForm}`);
  try {
    return { window: await findOpening(text.trim(), window, systemClock.now()) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new InvalidInputError(`window ${JSON.stringify(text)}: unknown time zone; expected ${windowForm}`);
  }
}
