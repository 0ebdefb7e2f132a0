/** The diff of a change, for plans and results. Secrets are never known here. */
import type { PlannedChange } from '../../../domain/plan.ts';
import { properties } from '../../../domain/properties.ts';

type Shown = Omit<PlannedChange, 'note'>;

/** `stays`: the old values are in force. */
export function renderChange({ property, from, to, secret }: Shown, stays = false): readonly [string, string] {
  const label = properties[property].label;
  const old = from ?? (secret ? '(secret)' : '(none)');
  const next = to ?? (secret ? '(secret)' : '(none)');
  const note = secret && to !== null ? ' and its secret' : '';
  return [label, stays ? `stays ${old} (requested: ${next}${note})` : `${old} -> ${next}${note}`];
}
