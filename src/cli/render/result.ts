/** The result of a run as a short text. */

import { formatDuration } from '../../domain/duration.ts';
import { type KeyStore, nameStore } from '../../domain/key-store.ts';
import type { LeftSwitch, Outcome, RunResult } from '../../domain/outcome.ts';
import { renderChange } from './changes.ts';
import { renderFindings } from './findings.ts';
import { columnsOf, wrap } from './lines.ts';
import { describeAge, describeKeyTest, describeKeyVerification, renderExposure } from './proof.ts';
import { renderReason } from './reason.ts';

type Sentence = (state: string, settings: string) => string;

const sentences: Readonly<Record<Outcome, Sentence>> = {
  updated: (state, settings) => `is ${state} with ${settings}`,
  unchanged: (state, settings) => `is ${state} with ${settings}; nothing was sent to it`,
  refused: (state) => `is ${state}; nothing was changed`,
  rolledBack: (state, settings) => `is ${state} again with ${settings}`,
  stranded: (state, settings) => `is ${state} with ${settings} and needs you`,
  unsettled: (state, settings) => `is still ${state} with ${settings}`,
  cancelled: (state) => `is ${state}, as it was found`,
};

const words: Partial<Record<Outcome, string>> = { rolledBack: 'rolled back' };

const settingsWords = { old: 'the old settings', new: 'the new settings', unknown: 'settings that are not known' };

export function renderResult(result: RunResult): string {
  const { outcome, after, settings, changes, reason, nextCommands = [] } = result;
  const store = after ? nameStore(after) : `"${result.customKeyStoreId}"`;
  const stays = settings === 'old' && outcome !== 'updated';
  const named = changes.length > 0 ? settingsWords[settings] : 'the settings it had';
  const told = after ? sentences[outcome](stateOf(after), named) : 'was not touched';
  const lines = [
    wrap(`${store} ${told}`, `${words[outcome] ?? outcome}  `, '  '),
    ...columnsOf(changes.map((change) => renderChange(change, stays))),
    ...renderFindings(result.checks.filter(({ status }) => status !== 'passed' || outcome === 'unchanged')),
    wrap(renderFacts(result).join(', '), '  '),
    ...renderKeys(result),
    ...(result.oldCredentialNeededUntil && settings === 'new'
      ? [wrap(`keep the old credential valid at the proxy until ${result.oldCredentialNeededUntil}`, '  ')]
      : []),
    ...renderExposure(result.keyVerification),
    ...(reason ? renderReason(reason) : []),
    ...(result.deadMansSwitch ? [wrap(renderSwitch(result.deadMansSwitch), '  ')] : []),
    ...(nextCommands.length > 0 ? ['  left to do:', ...nextCommands.map((command) => `    ${command}`)] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function renderSwitch({ firesAt, isWanted, remove }: LeftSwitch): string {
  const why = isWanted ? 'is left armed: AWS connects the store' : 'could not be taken away: AWS calls Connect';
  return `its dead man's switch ${why} at ${firesAt}; to take it away: ${remove}`;
}

function stateOf({ connectionState, connectionErrorCode }: KeyStore): string {
  return connectionErrorCode ? `${connectionState} (${connectionErrorCode})` : connectionState;
}

/** Nothing of a run that has tested no key. */
function renderKeys({ keyTest, keyVerification, endedAt }: RunResult): string[] {
  if (keyTest.status === 'untested' && keyVerification.oldestVerifiedAt === undefined) return [];
  const age = describeAge(keyVerification, endedAt);
  return [wrap([describeKeyTest(keyTest), ...(age ? [age] : [])].join('; '), '  ')];
}

function renderFacts({ mode: path, offlineMs, after, calls, keyVerification, outcome, journal }: RunResult): string[] {
  const sent = Object.values(calls).reduce((sum, count) => sum + count, 0);
  const facts = path === 'none' ? [] : [`path ${path}`];
  if (path === 'live') facts.push('no outage');
  if (offlineMs !== null) facts.push(`${formatDuration(offlineMs)} offline`);
  else if (path === 'offline' && after?.connectionState !== 'CONNECTED') facts.push('offline now');
  facts.push(`${sent} ${sent === 1 ? 'call' : 'calls'} to KMS`);
  if (outcome === 'updated' || keyVerification.exposure)
    facts.push(`proof: ${describeKeyVerification(keyVerification)}`);
  if (keyVerification.outageMs !== undefined)
    facts.push(`${formatDuration(keyVerification.outageMs)} felt as an outage`);
  if (journal === 'incomplete') facts.push('journal: incomplete');
  return facts;
}
