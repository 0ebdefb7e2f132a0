/**
 * How far the clock of this machine is off, as AWS said last. The SDK corrects its signatures by it, but keeps it in the
 * client: a new client would be refused again for the same clock, and so would each client after it.
 */
export interface ClockOffset {
  /** Milliseconds to add, under the name that the SDK gives it. */
  systemClockOffset: number;
}

/** Makes a client read and write the offset that others share. `config`: of a client, as the SDK resolved it. */
export function shareClock(config: object, clock: ClockOffset): void {
  Object.defineProperty(config, 'systemClockOffset', {
    get: () => clock.systemClockOffset,
    set(offset: number) {
      clock.systemClockOffset = offset;
    },
    enumerable: true,
    configurable: true,
  });
}
