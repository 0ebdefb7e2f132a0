/** What a look at something outside gives: an expected failure is a value, a thrown error is a bug. */
import type { Failure } from '../domain/failure.ts';

export type Answer<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly failure: Failure };
