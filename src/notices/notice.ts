/** What is told elsewhere of an event, and which events are. */
import type { Notice } from '../ports/notices.ts';
import type { ProgressEvent, Whereabouts } from '../ports/progress.ts';

/** `notable`: what a team wants to see. `all`: each event, some a second while a store connects. */
export const noticeSelections = ['notable', 'all'] as const;

export type NoticeSelection = (typeof noticeSelections)[number];

const notable: readonly ProgressEvent['type'][] = [
  'outage.began',
  'outage.ended',
  'operator.awaited',
  'run.suspended',
  'run.finished',
  'run.unfinished',
];

export function isSelected(event: ProgressEvent, selection: NoticeSelection): boolean {
  if (selection === 'all') return true;
  // A run that is suspended tells so with each try.
  return notable.includes(event.type) && !(event.type === 'run.suspended' && event.times > 1);
}

export function makeNotice({ atMs, ...event }: ProgressEvent, at: Whereabouts): Notice {
  const { store: _, ...where } = at;
  return { time: new Date(atMs).toISOString(), ...where, ...event };
}
