/** A history in lines, in the order of time: what was entered, sent, answered, kept and said. For whoever looks for a cause. */
import type { LogRecord } from '../../src/ports/log.ts';
import type { ProgressEvent } from '../../src/ports/progress.ts';
import type { History, Life } from './play-schedule.ts';
import type { SentRequest } from './world.ts';

export function describeHistory(history: History): string {
  return history.lives.map((life, nth) => describeLife(history, life, nth)).join('\n');
}

function describeLife({ world, grants }: History, life: Life, nth: number): string {
  const { requests, requestsBeside } = life;
  const startMs = world.sent[0]?.atMs ?? 0;
  const lines = [
    ...life.events.flatMap((event) => emit(Date.parse(event.at), describeEvent(event))),
    ...world.sent
      .slice(requests.from, requests.until)
      .flatMap((request) => emit(request.atMs, `      ${describeRequest(request)}`)),
    ...world.sentBeside
      .slice(requestsBeside.from, requestsBeside.until)
      .flatMap((request) => emit(request.atMs, `      beside: ${describeRequest(request)}`)),
    ...life.records.flatMap((record) => emit(record.atMs, `          ${describeRecord(record)}`)),
  ];
  const granted = grants
    .filter(({ at }) => at >= requests.from && at <= requests.until)
    .map(({ accepted }) => accepted.join(','));
  const { change, policy } = life.request;
  return [
    `process ${nth + 1} (${life.beginning} ${life.runId}): ${JSON.stringify(change)} ${JSON.stringify(policy)}`,
    ...(life.resumedFrom ? [`  takes up ${JSON.stringify(life.resumedFrom)}`] : []),
    ...lines
      .sort((a, b) => a.atMs - b.atMs)
      .filter(({ line }, at, all) => line !== all[at - 1]?.line)
      .map(({ atMs, line }) => `${String((atMs - startMs) / 1000).padStart(8)} ${line}`),
    `  granted: ${granted.join(' | ')}`,
    `  end: ${describeEnd(life)}`,
  ].join('\n');
}

const emit = (atMs: number, line: string) => (line.trim() === '' ? [] : [{ atMs, line }]);

function describeEvent(event: ProgressEvent): string {
  switch (event.type) {
    case 'state.entered':
      return event.state;
    case 'stop.requested':
    case 'run.suspended':
      return `  ${event.type}`;
    default:
      return '';
  }
}

function describeRecord(record: LogRecord): string {
  switch (record.kind) {
    case 'result':
      return `kept ${record.step} ${(record.value as { kind: string } | null)?.kind ?? ''}${record.cancelRequested ? ' (stop)' : ''}`;
    case 'note':
      return '';
    default:
      return `kept ${record.kind}`;
  }
}

function describeRequest({ operation, input, shown, error, trueState }: SentRequest): string {
  const names = Object.keys(input).filter((name) => name !== 'CustomKeyStoreId');
  const answer =
    error ??
    (shown ? `${shown.ConnectionState} ${shown.ConnectionErrorCode ?? ''} "${shown.CustomKeyStoreName}"` : 'ok');
  return `${operation.replace('CustomKeyStore', '')}(${names.join(' ')}) → ${answer}${trueState === shown?.ConnectionState ? '' : ` (truly ${trueState})`}`;
}

function describeEnd({ end }: Life): string {
  if (end.kind === 'result') {
    const { outcome, settings, mode: path, before, after, reason, nextCommands } = end.result;
    const states = `${before?.connectionState} to ${after?.connectionState}`;
    return `${outcome}, settings ${settings}, path ${path}, ${states}, ${reason?.code}: ${reason?.message}; ${nextCommands}`;
  }
  return 'error' in end ? `${end.kind}: ${end.error}` : end.kind;
}
