/** Which events become notifications, and what these hold. */
import type { Notification } from '../../ports/notifications.ts';
import type { ProgressEvent, RunContext } from '../../ports/progress.ts';

/** `notable`: what a team wants to see. `all`: each event, some a second while a store connects. */
export const notificationSelections = ['notable', 'all'] as const;

export type NotificationSelection = (typeof notificationSelections)[number];

const notable: readonly ProgressEvent['type'][] = [
  'outage.began',
  'outage.ended',
  'operator.awaited',
  'run.suspended',
  'run.finished',
  'run.unfinished',
];

export function isSelected(event: ProgressEvent, selection: NotificationSelection): boolean {
  if (selection === 'all') return true;
  // A run that is suspended tells so with each try.
  return notable.includes(event.type) && !(event.type === 'run.suspended' && event.times > 1);
}

export function makeNotification(event: ProgressEvent, context: RunContext): Notification {
  const { store: _, ...where } = context;
  return { ...where, ...event };
}
