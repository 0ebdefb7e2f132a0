/** Judges what was sent, in its order: the request, what the store had last shown, and what it truly was. */
import { describeProperty, type PropertyName } from '../../src/domain/properties.ts';
import { type History, isLogCut, type Life, readTruth } from './play-schedule.ts';
import { foreignName } from './set-up-schedule.ts';
import type { SentRequest } from './world.ts';

const isWrite = ({ operation }: SentRequest) => operation !== 'DescribeCustomKeyStores';

/** KMS may have carried it out, whatever was answered. */
const mayBeDone = ({ error }: SentRequest) => error === undefined || isUnclear(error);
const isUnclear = (error: string) => error === 'ConnectionReset' || error === 'KMSInternalException';

const namesOf = ({ input }: SentRequest) => Object.keys(input).filter((key) => key !== 'CustomKeyStoreId');

/** The first state, not a transition, in which the store was shown. */
export function findFoundState({ world }: History): string | undefined {
  const shown = world.sent.map((request) => request.shown?.ConnectionState);
  return shown.find((state) => state !== undefined && !state.endsWith('ING'));
}

/** What the operator had allowed by the nth request. */
function allowedAt({ grants }: History, nth: number): readonly string[] {
  return grants.filter(({ at }) => at <= nth).flatMap(({ accepted }) => accepted);
}

export function areSentOneByOne({ world }: History): string[] {
  return world.sent.filter(({ requestsInFlight }) => requestsInFlight > 1).map(({ operation }) => operation);
}

export function keepOfflineProperties(history: History): string[] {
  if (isLogCut(history)) return [];
  const type = readTruth(history)?.CustomKeyStoreType ?? 'AWS_CLOUDHSM';
  return history.world.sent
    .filter(({ operation, shownState }) => operation === 'UpdateCustomKeyStore' && shownState !== 'DISCONNECTED')
    .flatMap((request) =>
      namesOf(request)
        .filter((name) => describeProperty(name as PropertyName).live[type] === 'never')
        .map((name) => `${name} while it was shown ${request.shownState}`),
    );
}

export function wantConsent(history: History): string[] {
  if (findFoundState(history) !== 'CONNECTED') return [];
  return history.world.sent.flatMap(({ operation, shownState }, nth) =>
    operation === 'DisconnectCustomKeyStore' &&
    shownState === 'CONNECTED' &&
    !allowedAt(history, nth).includes('outage')
      ? ['an outage that nobody accepted']
      : [],
  );
}

/** A key that was typed before its question was shown is no answer to it. */
export function takeNoKeyTypedAhead({ world, hasOnlyTypedAhead }: History): string[] {
  if (!hasOnlyTypedAhead) return [];
  return world.sent.filter(isWrite).map(({ operation }) => `${operation}, and every question was left`);
}

export function leaveDisconnectedAlone(history: History): string[] {
  const { world, lives, handAt } = history;
  const policy = lives[0]?.request.policy;
  if (handAt !== null || policy?.finalState !== 'restore' || policy.intent === 'reconnect') return [];
  if (findFoundState(history) !== 'DISCONNECTED') return [];
  return world.sent.filter(({ operation }) => operation === 'ConnectCustomKeyStore').map(() => 'it was connected');
}

export function stopAtForeignSettings({ world, lives }: History): string[] {
  const isTheirs = ({ shown }: SentRequest) => shown?.CustomKeyStoreName === foreignName;
  const first = lives.findLast(({ beginning }) => beginning === 'new');
  const last = lives.findLast(({ runId }) => runId === first?.runId);
  if (!first || !last || wasPlannedFor(last) === foreignName) return [];
  const run = world.sent.slice(first.requests.from);
  return run.flatMap((request, nth) => {
    const lastShown = run.slice(0, nth).findLast(({ shown }) => shown);
    return isWrite(request) && lastShown && isTheirs(lastShown) ? [request.operation] : [];
  });
}

/** The name of the store as it was described last to be planned for: after a wait for a window it is planned for anew. */
function wasPlannedFor({ records }: Life): string | undefined {
  const described = records.flatMap((record) =>
    record.kind === 'result' && /\.describeStore$/.test(record.step) ? [record.value as Found] : [],
  );
  return described.findLast(({ kind }) => kind === 'observed')?.observed?.store.settings.name;
}

/** What the judge reads of a result. */
interface Found {
  readonly kind: string;
  readonly observed?: { readonly store: { readonly settings: { readonly name?: string } } };
}

/** `isUnjudged`: a connect was sent, or never looked at, since the store was last seen FAILED. */
const fresh = { count: 0, refused: false, isUnjudged: true };

/** A grant allows one connect that nothing else allows; a refused login takes it away. */
export function spareKmsuser(history: History): string[] {
  const { world, handAt } = history;
  if (handAt !== null || isLogCut(history)) return [];
  if (readTruth(history)?.CustomKeyStoreType !== 'AWS_CLOUDHSM') return [];
  const broken: string[] = [];
  const logins = new Map<string, typeof fresh>();
  let grant = { given: 0, isLeft: false, connects: 0 };
  for (const [nth, request] of world.sent.entries()) {
    const { operation, shown, input, trueClusterId } = request;
    const login = logins.get(trueClusterId) ?? { ...fresh };
    logins.set(trueClusterId, login);
    const given = allowedAt(history, nth).filter((risk) => risk === 'login').length;
    if (given > grant.given) grant = { given, isLeft: true, connects: 0 };
    if (shown?.ConnectionState === 'CONNECTED') Object.assign(login, { count: 0, refused: false });
    if (login.isUnjudged && shown?.ConnectionErrorCode?.match(/^(INVALID_CREDENTIALS|USER_)/)) {
      login.refused = true;
      grant.isLeft &&= grant.connects === 0;
    }
    if (shown) login.isUnjudged &&= !['FAILED', 'DISCONNECTED'].includes(shown.ConnectionState);
    if (!mayBeDone(request)) continue;
    if (operation === 'UpdateCustomKeyStore' && input.KeyStorePassword) {
      logins.set(String(input.CloudHsmClusterId ?? trueClusterId), { ...fresh, isUnjudged: false });
    }
    if (operation !== 'ConnectCustomKeyStore') continue;
    const needsGrant = login.refused || login.count >= 3;
    if (needsGrant && !grant.isLeft) broken.push(login.refused ? 'a refused login, and a connect' : 'a fourth connect');
    if (needsGrant) grant.isLeft = false;
    grant.connects += 1;
    Object.assign(login, { count: login.count + 1, isUnjudged: true });
  }
  return broken;
}

/** The operator is asked before anything else is sent, or takes the run up. */
export function shunDeadWayBack({ world, lives, deadLooks, asked }: History): string[] {
  return deadLooks.flatMap((observe) => {
    const next = lives.find(({ beginning, requests }) => beginning !== 'replayed' && requests.from >= observe);
    const takenUpAt = next?.requests.from ?? world.sent.length;
    const word = asked.find(({ at }) => at >= observe && at <= takenUpAt);
    const isTold = word === undefined || word.codes.includes('OLD_SETTINGS_UNUSABLE');
    const untold = isTold ? [] : [`the operator is told of ${word.codes.join(' and ')}`];
    const written = world.sent.slice(observe, word?.at ?? takenUpAt).filter(isWrite);
    return [...untold, ...written.map(({ operation }) => operation)];
  });
}

export function interruptNothing(history: History): string[] {
  if (isLogCut(history)) return [];
  return history.world.sent
    .filter((request) => isWrite(request) && request.shownState.endsWith('ING'))
    .map(({ operation, shownState, trueState }) => `${operation} while it was shown ${shownState} (${trueState})`);
}

/** Where nobody else acts, a store that is truly CONNECTING has been told so by us, whatever a stale read shows. */
export function outwaitStaleReads(history: History): string[] {
  if (isLogCut(history) || history.handAt !== null) return [];
  return history.world.sent
    .filter(({ operation, trueState }) => operation === 'DisconnectCustomKeyStore' && trueState === 'CONNECTING')
    .map(({ shownState }) => `it was shown ${shownState}`);
}
