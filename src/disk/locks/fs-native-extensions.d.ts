/** The package brings no types. */
declare module 'fs-native-extensions' {
  /** Locks the whole file for this descriptor alone; false when another one holds it. */
  export function tryLock(fd: number, options?: { readonly shared?: boolean }): boolean;
}
