/** Follows a run for the one case in which it does not end by itself: a second stop, which ends the process at once. */

import { formatInstant } from '../../domain/duration.ts';
import type { KeyStore } from '../../domain/key-store.ts';
import { otherExitCodes } from '../../domain/outcome.ts';
import type { ProgressEvent } from '../../ports/progress.ts';
import type { Output } from '../output/output.ts';
import type { Display } from '../output/progress/display.ts';
import { endUnanswered } from '../output/render/hold.ts';
import { sayError } from '../output/say-error.ts';
import { explainUnfinished } from '../output/unfinished.ts';
import type { Io } from '../terminal/io.ts';
import { watchStops } from '../terminal/stops.ts';

/** What a run was started for. */
export interface Asked {
  readonly store: string;
  /** The run that is continued, as its journal has it. */
  readonly earlier?: {
    readonly runId: string;
    readonly hasWritten: boolean;
    readonly mayLeaveStore: boolean;
    readonly lastState: string | null;
  };
}

export interface Watch {
  readonly signal: AbortSignal;
  onEvent(event: ProgressEvent): void;
  end(): void;
}

const calls = ['disconnectStore', 'updateStore', 'restoreStore', 'connectStore'];

/** `asks`: a person is asked at a hold; else cks says which commands end it. */
export function watchRun(
  io: Io,
  display: Display,
  asked: Asked,
  output: Output,
  { hasJournal, asks }: { readonly hasJournal: boolean; readonly asks: boolean },
): Watch {
  const { store, earlier } = asked;
  let observed: KeyStore | undefined;
  let runId = earlier?.runId ?? null;
  let mayLeaveStore = earlier?.mayLeaveStore ?? false;
  let hasWritten = earlier?.hasWritten ?? false;
  let mayBeOffline = false;

  const stops = watchStops(io, {
    onFirst(signal) {
      const again = signal === 'SIGINT' ? 'press Ctrl-C again' : `send ${signal} again`;
      const risk = mayBeOffline ? ' (the store may stay offline)' : '';
      const how = signal === 'SIGHUP' ? '' : `; ${again} to quit now${risk}`;
      display.say(`stop requested: cks finishes the current step first${how}`);
    },
    onSecond() {
      display.clear();
      const unfinished = explainUnfinished({
        runId,
        customKeyStoreId: observed?.customKeyStoreId ?? store,
        lastSeen: observed?.connectionState ?? earlier?.lastState ?? null,
        hasWritten,
        mayLeaveStore,
        hasJournal,
        message: 'stopped before it ended',
      });
      sayError(io, unfinished.reason);
      output.write(unfinished, () => '');
      io.exit(otherExitCodes.unfinished);
    },
  });
  return {
    signal: stops.signal,
    end: stops.end,
    onEvent(event) {
      runId = event.runId;
      if (event.type === 'stop.requested' && !stops.signal.aborted)
        display.say('cks stop requested a stop: cks finishes the current step first');
      if (event.type === 'operator.awaited' && hasJournal && !asks) sayHold(event);
      if (event.type === 'store.observed') observed = event.store;
      mayBeOffline = isOfflineAfter(event, mayBeOffline);
      if (event.type === 'step.started') hasWritten ||= calls.includes(event.step);
      // Its answer says what became of the trial store.
      if ('step' in event && event.step === 'trialConnect') mayLeaveStore = event.type === 'step.started';
      display.onEvent(event);
    },
  };

  function sayHold(event: Extract<ProgressEvent, { type: 'operator.awaited' }>): void {
    const { commands = [], until, rollsBack, runId } = event;
    if (until === undefined) return;
    for (const command of commands) display.say(`to set the password of kmsuser: ${command}`);
    display.say(
      `on hold until ${formatInstant(until)}, then ${endUnanswered(rollsBack)}: continue with cks resume ${runId} --yes, or roll back with cks resume ${runId} --roll-back`,
    );
  }
}

/** From the moment a Disconnect may be sent until CONNECTED is observed. */
function isOfflineAfter(event: ProgressEvent, before: boolean): boolean {
  if (event.type === 'step.started' && event.step === 'disconnectStore') return true;
  if (event.type === 'outage.ended') return false;
  return before || (event.type === 'store.observed' && event.store.connectionState !== 'CONNECTED');
}
