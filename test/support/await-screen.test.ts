import { expect, it } from 'vitest';
import { awaitScreen } from './await-screen.ts';

const never = new Promise<never>(() => undefined);

function open(exitCode: Promise<unknown> = never) {
  let shown = 'Which store?';
  const watchers = new Set<() => void>();
  const screen = { read: () => shown, watchers, exitCode };
  return {
    screen,
    wait: (text: string) => awaitScreen(screen, text, () => shown.includes(text), 20),
    write(text: string) {
      shown += text;
      for (const watcher of [...watchers]) watcher();
    },
  };
}

it('a text that never comes fails with what the screen shows', async () => {
  const { screen, wait } = open();
  await expect(wait('Outage')).rejects.toThrow('nothing was shown for 0.02 s, and "Outage" never was:\nWhich store?');
  expect(screen.watchers.size).toBe(0);
});

it('a command that ends without the text fails with what the screen shows', async () => {
  await expect(open(Promise.resolve(0)).wait('Outage')).rejects.toThrow(
    'the command ended without showing "Outage":\nWhich store?',
  );
});

it('a text that comes is enough', async () => {
  const { wait, write } = open();
  const shown = wait('Outage');
  write('\nOutage');
  await expect(shown).resolves.toBeUndefined();
});
