/** A history in lines, in the order of time: what was entered, sent, answered, kept and said. For whoever looks for a cause. */
import type { LogRecord } from '../../src/ports/log.ts';
import type { ProgressEvent } from '../../src/ports/progress.ts';
import type { History, Life } from './history.ts';
import type { SentRequest } from './world.ts';

export function tellHistory(history: History): string {
  return history.lives.map((life, nth) => tellLife(history, life, nth)).join('\n');
}

function tellLife({ world, grants }: History, life: Life, nth: number): string {
  const { requests, requestsBeside } = life;
  const startMs = world.sent[0]?.atMs ?? 0;
  const lines = [
    ...life.events.flatMap((event) => tell(event.atMs, tellEvent(event))),
    ...world.sent
      .slice(requests.from, requests.until)
      .flatMap((request) => tell(request.atMs, `      ${tellRequest(request)}`)),
    ...world.sentBeside
      .slice(requestsBeside.from, requestsBeside.until)
      .flatMap((request) => tell(request.atMs, `      beside: ${tellRequest(request)}`)),
    ...life.records.flatMap((record) => tell(record.atMs, `          ${tellRecord(record)}`)),
  ];
  const granted = grants
    .filter(({ at }) => at >= requests.from && at <= requests.until)
    .map(({ accepted }) => accepted.join(','));
  const { change, policy } = life.order;
  return [
    `process ${nth + 1} (${life.beginning} ${life.runId}): ${JSON.stringify(change)} ${JSON.stringify(policy)}`,
    ...(life.takenUp ? [`  takes up ${JSON.stringify(life.takenUp)}`] : []),
    ...lines
      .sort((a, b) => a.atMs - b.atMs)
      .filter(({ line }, at, all) => line !== all[at - 1]?.line)
      .map(({ atMs, line }) => `${String((atMs - startMs) / 1000).padStart(8)} ${line}`),
    `  granted: ${granted.join(' | ')}`,
    `  end: ${tellEnd(life)}`,
  ].join('\n');
}

const tell = (atMs: number, line: string) => (line.trim() === '' ? [] : [{ atMs, line }]);

function tellEvent(event: ProgressEvent): string {
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

function tellRecord(record: LogRecord): string {
  switch (record.kind) {
    case 'result':
      return `kept ${record.step} ${(record.value as { kind: string } | null)?.kind ?? ''}${record.cancelRequested ? ' (stop)' : ''}`;
    case 'note':
      return '';
    default:
      return `kept ${record.kind}`;
  }
}

function tellRequest({ operation, input, shown, error, trueState }: SentRequest): string {
  const names = Object.keys(input).filter((name) => name !== 'CustomKeyStoreId');
  const answer =
    error ??
    (shown ? `${shown.ConnectionState} ${shown.ConnectionErrorCode ?? ''} "${shown.CustomKeyStoreName}"` : 'ok');
  return `${operation.replace('CustomKeyStore', '')}(${names.join(' ')}) → ${answer}${trueState === shown?.ConnectionState ? '' : ` (truly ${trueState})`}`;
}

function tellEnd({ end }: Life): string {
  if (end.kind === 'result') {
    const { outcome, settings, path, before, after, reason, remaining } = end.result;
    const states = `${before?.connectionState} to ${after?.connectionState}`;
    return `${outcome}, settings ${settings}, path ${path}, ${states}, ${reason?.code}: ${reason?.message}; ${remaining}`;
  }
  return 'error' in end ? `${end.kind}: ${end.error}` : end.kind;
}
