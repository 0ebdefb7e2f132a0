/** What all operations of EC2 have in common. */
import { refuse } from '../../fault.ts';

type Filters = readonly { readonly Name?: string; readonly Values?: readonly string[] }[];

/** A dry run that would have succeeded ends with an error too. @throws SimulatorFault DryRunOperation */
export function endDryRun({ DryRun }: { readonly DryRun?: boolean }): void {
  if (DryRun) refuse('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.');
}

/** `filtered`: what a filter is held against, by its name. @throws SimulatorFault InvalidParameterValue */
export function keepFiltered<T>(
  all: readonly T[],
  filters: Filters = [],
  filtered: Readonly<Record<string, (entry: T) => string | undefined>>,
): T[] {
  const unknown = filters.find(({ Name = '' }) => !Object.hasOwn(filtered, Name));
  if (unknown) refuse('InvalidParameterValue', `The filter '${unknown.Name ?? ''}' is invalid`);
  return all.filter((entry) =>
    filters.every(({ Name = '', Values = [] }) => Values.includes(filtered[Name]?.(entry) ?? '')),
  );
}
