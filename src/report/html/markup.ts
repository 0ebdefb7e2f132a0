/** HTML that cannot be broken by what it tells: every value is escaped unless it is markup already. */
import { toPrintable } from '../../domain/printable.ts';

export interface Markup {
  readonly markup: string;
}

type Value = string | number | Markup | readonly Markup[];

export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return { markup: String.raw({ raw: parts }, ...values.map(toMarkup)) };
}

/** Nothing, where a part is left out. */
export const nothing: Markup = { markup: '' };

function toMarkup(value: Value): string {
  if (typeof value === 'object') return 'markup' in value ? value.markup : value.map(toMarkup).join('');
  return toPrintable(String(value)).replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
