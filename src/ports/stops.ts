/** A stop that was asked for from elsewhere: by `cks stop`, in another process or on another machine. */
export interface Stops {
  /** Never fails: who cannot be asked has asked for nothing. */
  isRequested(): Promise<boolean>;
}
