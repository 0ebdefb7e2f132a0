/** What standard error tells while a run goes on: lines where something changes, and on a terminal one live line. */
import { styleText } from 'node:util';
import { usualDuration } from '../../domain/cadence.ts';
import { type KeyStore, nameStore } from '../../domain/key-store.ts';
import type { ProgressEvent } from '../../ports/progress.ts';
import type { Options } from '../arguments.ts';
import { clockTime, describeDuration } from '../durations.ts';
import type { Io } from '../io.ts';

export interface Teller {
  tell(event: ProgressEvent): void;
  say(line: string): void;
  /** No live line from now on, until something happens again. */
  pause(): void;
  end(): void;
}

const silent: Teller = { tell: () => undefined, say: () => undefined, pause: () => undefined, end: () => undefined };

export function createTeller(io: Io, options: Options): Teller {
  const write = (text: string) => {
    io.stderr.write(text);
  };
  const say = (line: string) => write(`cks: ${line}\n`);
  switch (options.progress ?? 'text') {
    case 'none':
      return { ...silent, say };
    case 'json':
      return { ...silent, say, tell: (event) => write(`${JSON.stringify(event)}\n`) };
    default:
      return createTextTeller(write, io.isStderrTerminal);
  }
}

const eraseLine = '\r\u001b[K';

function createTextTeller(write: (text: string) => void, isTerminal: boolean): Teller {
  const startedAtMs = Date.now();
  const words = createWords();
  let live: { text: string; sinceMs: number } | undefined;
  const ticker = isTerminal ? setInterval(draw, 1_000) : undefined;
  ticker?.unref();

  const elapsed = () => clockTime(Date.now() - startedAtMs).padStart(6);
  const erase = () => (isTerminal && live ? eraseLine : '');

  function draw(): void {
    if (!live) return;
    const text = `${elapsed()}  ${live.text}, ${describeDuration(Date.now() - live.sinceMs)} so far`;
    write(`${eraseLine}${styleText('dim', text.slice(0, 79))}`);
  }

  function print(line: string): void {
    write(`${erase()}${elapsed()}  ${line}\n`);
  }

  return {
    say(line) {
      print(line);
      if (isTerminal) draw();
    },
    tell(event) {
      for (const line of words.describe(event)) print(line);
      if (event.type === 'wait.started') live = { text: words.state(), sinceMs: Date.now() };
      else if (event.type === 'step.finished') {
        write(erase());
        live = undefined;
      } else if (live) live = { ...live, text: words.state() };
      if (isTerminal) draw();
    },
    pause() {
      write(erase());
      live = undefined;
    },
    end() {
      write(erase());
      live = undefined;
      clearInterval(ticker);
    },
  };
}

const writes: Readonly<Record<string, string>> = {
  updateStore: 'UpdateCustomKeyStore',
  restoreStore: 'UpdateCustomKeyStore, the old settings',
  disconnectStore: 'DisconnectCustomKeyStore',
  connectStore: 'ConnectCustomKeyStore',
};

const goals = {
  settled: 'waiting until KMS has finished',
  DISCONNECTED: 'waiting for DISCONNECTED',
  CONNECTED: 'waiting for CONNECTED',
  shown: 'looking whether Describe shows it',
} as const;

/** Turns events into lines; remembers what it has said, so that only changes are told. */
function createWords() {
  let store: KeyStore | undefined;
  let state = '';
  let isGoingBack = false;
  return {
    state: () => `${store?.connectionState ?? 'waiting'}`,
    describe(event: ProgressEvent): string[] {
      switch (event.type) {
        case 'store.observed': {
          const { connectionState, connectionErrorCode } = event.store;
          const isFirst = store === undefined;
          const now = connectionErrorCode ? `${connectionState} (${connectionErrorCode})` : connectionState;
          const isNews = now !== state;
          store = event.store;
          state = now;
          if (!isNews) return [];
          return [isFirst ? `${nameStore(event.store)} is ${now}` : now];
        }
        case 'step.finished': {
          const call = writes[event.step];
          return call === undefined ? [] : [`${call}: ${event.result}`];
        }
        case 'wait.started': {
          if (event.goal === 'shown') return [];
          const usually = store ? `, usually ${usualDuration(event.goal, store.customKeyStoreType)}` : '';
          return [`${goals[event.goal]}${usually}, at most ${describeDuration(event.deadlineAtMs - event.atMs)}`];
        }
        case 'look.failed':
          return [`no answer from Describe (${event.code}); looking again`];
        case 'state.entered':
          if (isGoingBack || !event.state.startsWith('rollingBack')) return [];
          isGoingBack = true;
          return ['rolling back to the old settings'];
        default:
          return [];
      }
    },
  };
}
