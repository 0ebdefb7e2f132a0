/** The harsher troubles of a schedule by name, each to be switched off: what is switched off is drawn, and does not happen. */

import { arrange, type Harsh, type Schedule } from './schedules.ts';

import { credentialErrors, throttles } from './wire.ts';

type Obstruction = NonNullable<Harsh['obstruction']>;

const withoutObstruction =
  (isMeant: (how: Obstruction['how']) => boolean) =>
  (harsh: Harsh): Harsh =>
    harsh.obstruction && isMeant(harsh.obstruction.how) ? { ...harsh, obstruction: null } : harsh;

const oneOf =
  (...hows: readonly string[]) =>
  (how: Obstruction['how']) =>
    hows.includes(how);

const without =
  <K extends keyof Harsh>(key: K) =>
  (harsh: Harsh): Harsh => ({ ...harsh, [key]: null });

const switchOff = {
  silence: withoutObstruction(oneOf('silence')),
  stall: withoutObstruction(oneOf('stall')),
  credentialProcess: withoutObstruction(oneOf('credentialProcess')),
  drip: withoutObstruction(oneOf('drip')),
  html: withoutObstruction((how) => how.startsWith('html')),
  empty: withoutObstruction(oneOf('empty403', 'empty503', 'redirect')),
  throttle: withoutObstruction(oneOf(...throttles)),
  credentials: withoutObstruction(oneOf(...credentialErrors)),
  unreachable: withoutObstruction(oneOf('ECONNREFUSED', 'lostReplies')),
  replicas: without('replicas'),
  apart: (harsh: Harsh): Harsh =>
    harsh.replicas ? { ...harsh, replicas: { ...harsh.replicas, isApart: false } } : harsh,
  writes: (harsh: Harsh): Harsh =>
    harsh.replicas ? { ...harsh, replicas: { ...harsh.replicas, judgesWrites: false } } : harsh,
  slowDisconnect: without('slowDisconnectMs'),
  lowerCaseHosts: without('hasLowerCaseHosts'),
  deletion: without('deletedAt'),
  suspension: without('suspension'),
  clockAhead: without('clockAhead'),
  lateFailure: without('lateFailure'),
  echo: without('echo'),
  listener: without('hasListener'),
  canaries: without('canaries'),
  typesAhead: without('typesAhead'),
  readOnlyDisk: without('hasReadOnlyDisk'),
  applications: without('applications'),
  fence: without('fence'),
  colleague: (harsh: Harsh): Harsh =>
    harsh.applications ? { ...harsh, applications: { ...harsh.applications, colleague: null } } : harsh,
} satisfies Record<string, (harsh: Harsh) => Harsh>;

export type Draw = keyof typeof switchOff;

export const draws = Object.keys(switchOff) as readonly Draw[];

/** Those that the product does not withstand yet; none of them happens unless it is asked for by name. */
export const pendingDraws: readonly Draw[] = ['clockAhead'];

/** The schedule without these troubles. */
export function switchOffDraws(drawn: Schedule, off: readonly Draw[]): Schedule {
  const schedule = arrange(drawn);
  return { ...schedule, harsh: off.reduce((harsh, draw) => switchOff[draw](harsh), schedule.harsh) };
}

/** What happens in a schedule, by name. */
export function drawsOf(schedule: Schedule): readonly Draw[] {
  const harsh = JSON.stringify(schedule.harsh);
  return draws.filter((draw) => JSON.stringify(switchOff[draw](schedule.harsh)) !== harsh);
}
