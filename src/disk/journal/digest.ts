/** A journal in a few facts: for lists, and to decide what to do with it. */
import type { ConnectionState } from '../../domain/key-store.ts';
import type { Outcome } from '../../domain/outcome.ts';
import { isTrialConnectStep, mayLeaveStore } from '../../domain/trial-connect.ts';
import type { LogRecord } from '../../ports/log.ts';
import type { Header } from './format.ts';
import { members, text } from './members.ts';
import { listOutages } from './outages.ts';
import type { JournalContents } from './parse.ts';
import {
  isNotDone,
  type PeekedKeys,
  type PeekedStore,
  peekAfter,
  peekFencedAhead,
  peekFencedKeys,
  peekKind,
  peekOperation,
  peekResumed,
  peekSeen,
  peekState,
} from './peek.ts';

export interface Digest extends Omit<Header, 'kind' | 'schema' | 'input' | 'pins'> {
  /** The run that it resumes. */
  readonly resumedFrom: string | null;
  /** Null until the store was seen. */
  readonly customKeyStoreId: string | null;
  readonly storeName: string | null;
  /** Of the store, as first and as last seen. */
  readonly firstState: ConnectionState | null;
  readonly lastState: ConnectionState | null;
  /** Of a CloudHSM key store, as first and as last seen. */
  readonly firstClusterId: string | null;
  readonly lastClusterId: string | null;
  readonly lastAtMs: number;
  /** `5.disconnectStore` */
  readonly lastStep: string | null;
  /** The last step changes the store, and its answer was not kept: the call may have happened. */
  readonly isPending: boolean;
  readonly hasEnded: boolean;
  /** Null while it is unfinished, and where it ended without one. */
  readonly outcome: Outcome | null;
  /** A Disconnect, Update or Connect was accepted, or may have been. */
  readonly hasWritten: boolean;
  /** Which settings were sent last, and whether KMS is known to have them. */
  readonly update: 'none' | 'accepted' | 'restored' | 'unclear';
  /** The run may have disconnected the store, or found it CONNECTED and saw it otherwise last. */
  readonly isOffline: boolean;
  /** When a Disconnect was sent after which the store was not seen CONNECTED any more; null where it was, or none was. */
  readonly offlineSinceMs: number | null;
  /** The trial store of its trial connect may still be there. */
  readonly mayLeaveStore: boolean;
  /** The keys of its fence, as it last recorded them; each that was to be disabled may be so. */
  readonly fencedKeys: PeekedKeys;
  /** How often another process went on with it. */
  readonly resumes: number;
}

/** What a write changes, were it accepted. */
interface Effects {
  readonly hasWritten: boolean;
  readonly update: Digest['update'];
}

/** A write whose answer was not read yet. */
interface Pending {
  readonly step: string;
  readonly operation: string | undefined;
  readonly before: Effects;
}

export function digestJournal({ header, lines, records, end }: JournalContents): Digest {
  const { kind: _, schema: __, pins: ___, input, ...told } = header;
  let store: PeekedStore | undefined;
  let firstState: ConnectionState | null = null;
  let lastState: ConnectionState | null = null;
  let firstClusterId: string | null = null;
  let lastStep: string | null = null;
  let effects: Effects = { hasWritten: false, update: 'none' };
  let pending: Pending | null = null;
  let fencedKeys: PeekedKeys | undefined;

  for (const record of records) takeRecord(record);
  const after = peekAfter(end?.result);
  if (after) see(after.connectionState);
  const lastClusterId = (after ?? store)?.clusterId ?? null;
  const resumedFrom = peekResumed(input);
  // A resume that ends before it acts leaves the keys to the run that it resumes.
  const isOfEarlier = resumedFrom !== null && fencedKeys === undefined;
  if (!isOfEarlier) fencedKeys = peekFencedKeys(end?.result) ?? fencedKeys;

  const outage = listOutages(lines.filter((line) => !isTrialConnectStep(text(members(line).step) ?? ''))).at(-1);
  const offlineSinceMs = outage?.untilMs === null && after?.connectionState !== 'CONNECTED' ? outage.fromMs : null;
  return {
    ...told,
    resumedFrom,
    customKeyStoreId: store?.customKeyStoreId ?? null,
    storeName: store?.name ?? null,
    firstState,
    lastState,
    firstClusterId,
    lastClusterId,
    lastAtMs: lines.reduce((latest, line) => ('atMs' in line ? Number(line.atMs) : latest), header.startedAtMs),
    lastStep,
    isPending: pending !== null,
    hasEnded: end !== undefined,
    outcome: end?.outcome ?? null,
    ...effects,
    offlineSinceMs,
    isOffline: offlineSinceMs !== null || (firstState === 'CONNECTED' && lastState !== 'CONNECTED'),
    mayLeaveStore: mayLeaveStore(records),
    fencedKeys: fencedKeys ?? [],
    resumes: lines.filter(({ kind }) => kind === 'resumed').length,
  };

  function takeRecord(record: LogRecord): void {
    if (record.kind === 'stop') return;
    lastStep = record.step;
    // What it tells is of another store.
    if (isTrialConnectStep(record.step)) return;
    if (record.kind === 'note') see(peekState(record.note));
    if (record.kind === 'intent') {
      fencedKeys = peekFencedAhead(record.sending) ?? fencedKeys;
      pending = { step: record.step, operation: peekOperation(record.sending), before: effects };
      effects = assume(pending);
    }
    if (record.kind !== 'result') return;
    fencedKeys = peekFencedKeys(record.value) ?? fencedKeys;
    const isWrite = pending?.step === record.step;
    const observed = peekSeen(record.value);
    store = observed ?? store;
    firstClusterId ??= observed?.clusterId ?? null;
    see(observed?.connectionState);
    if (pending && isWrite) effects = settle(effects, pending, record.value);
    pending = null;
  }

  function see(state: ConnectionState | undefined): void {
    firstState ??= state ?? null;
    lastState = state ?? lastState;
  }
}

function assume({ operation, before }: Pending): Effects {
  const written = { ...before, hasWritten: true };
  return operation === 'UpdateCustomKeyStore' ? { ...written, update: 'unclear' } : written;
}

function settle(assumed: Effects, { step, operation, before }: Pending, value: unknown): Effects {
  const answer = peekKind(value);
  if (answer === 'refused' || answer === 'foreign' || isNotDone(value)) return before;
  if (answer !== 'accepted' || operation !== 'UpdateCustomKeyStore') return assumed;
  return { ...assumed, update: step.endsWith('.restoreStore') ? 'restored' : 'accepted' };
}
