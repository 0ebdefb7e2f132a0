/** Waits for a text on a screen. What never comes fails with the screen, and not with a timeout that shows nothing. */
import { clearTimeout, setTimeout } from 'node:timers';

interface Screen {
  read(): string;
  /** Called after each change. */
  readonly watchers: Set<() => void>;
  readonly exitCode: Promise<unknown>;
}

/** Longer than a command is silent on a busy machine, and shorter than a test may take. */
const silentMs = 40_000;

/** `isShown`: asked at once, and after each change. */
export async function awaitScreen(
  { read, watchers, exitCode }: Screen,
  text: string,
  isShown: () => boolean,
  limitMs = silentMs,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let observe: () => void = () => undefined;
  const shown = new Promise<void>((resolve, reject) => {
    const giveUp = () =>
      reject(new Error(`nothing was shown for ${limitMs / 1_000} s, and "${text}" never was:\n${read()}`));
    observe = () => {
      clearTimeout(timer);
      if (isShown()) resolve();
      else timer = setTimeout(giveUp, limitMs);
    };
    watchers.add(observe);
    observe();
  });
  const missed = exitCode.then(() => {
    throw new Error(`the command ended without showing "${text}":\n${read()}`);
  });
  try {
    await Promise.race([shown, missed]);
  } finally {
    watchers.delete(observe);
    clearTimeout(timer);
  }
}
