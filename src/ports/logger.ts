/** A log of the caller's: pino's, or any other with these members. */
export interface LogMethod {
  (fields: object, message?: string): void;
  (message: string): void;
}

export interface Logger {
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
  /** A logger whose lines have these fields too. `level`: another level than this logger's. */
  child(fields: Record<string, unknown>, options?: { readonly level?: string }): Logger;
}

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';
