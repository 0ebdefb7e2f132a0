/** Evidence that the keys still decrypt what they encrypted before. CONNECTED and Enabled are none. */
export interface Proof {
  readonly status: 'proven' | 'partial' | 'early' | 'unproven' | 'inconclusive' | 'mismatch';
  readonly detail?: string;
}

/** Nothing was encrypted before, so nothing can be said. */
export const unproven: Proof = { status: 'unproven' };
