/**
 * What a run did and how it ended, for a snapshot. What most runs share is said once, here, so that a snapshot shows what is
 * special about its run. No line is lost: each name below stands for exactly its lines.
 */
import type { RunResult } from '../../src/domain/outcome.ts';
import { foldPairs } from './fold.ts';
import type { World } from './world.ts';

const toApproval = ['planning', 'checking', 'preparing', 'approving'];

const passages: Readonly<Record<string, readonly string[]>> = {
  'as usual: plan, check and prepare': toApproval.slice(0, -1),
  'as usual: plan to approval': toApproval,
  'as usual: CONNECTED, plan to approval': ['describing: Describe→CONNECTED', ...toApproval],
  'as usual: DISCONNECTED, plan to approval': ['describing: Describe→DISCONNECTED', ...toApproval],
  'as usual: disconnect': [
    'acting.choosing → acting.disconnecting.calling: Disconnect',
    'acting.disconnecting.settling: Describe→DISCONNECTING ×10, Describe→DISCONNECTED',
  ],
  'as usual: connect': [
    'acting.choosing → acting.connecting.calling: Connect',
    'acting.connecting.settling: Describe→CONNECTING ×5, Describe→CONNECTED',
  ],
  'as usual: verify keys, confirm settings, updated': [
    'acting.verifyingKeys',
    'acting.confirmingSettings: Describe→CONNECTED',
    'ending.updated.choosing → updated',
  ],
  'as usual: disconnect to roll back': [
    'acting.rollingBack.choosing → acting.rollingBack.disconnecting.calling: Disconnect',
    'acting.rollingBack.disconnecting.settling: Describe→DISCONNECTING ×10, Describe→DISCONNECTED',
  ],
  'as usual: connect to roll back': [
    'acting.rollingBack.choosing → acting.rollingBack.connecting.calling: Connect',
    'acting.rollingBack.connecting.settling: Describe→CONNECTING ×5, Describe→CONNECTED',
  ],
  'as usual: verify keys, confirm settings, rolled back': [
    'acting.rollingBack.verifyingKeys',
    'acting.rollingBack.confirmingSettings: Describe→CONNECTED',
    'ending.rolledBack.choosing → rolledBack',
  ],
};

const longestFirst = Object.entries(passages).sort(([, one], [, other]) => other.length - one.length);

export function writeTranscript({ trace, simulator }: World, { reason, ...result }: RunResult): string {
  const { stores } = simulator.describeWorld();
  const store = stores.find(({ CustomKeyStoreId }) => CustomKeyStoreId === result.customKeyStoreId);
  return [
    ...foldPairs(namePassages(joinChoices(trace.lines))),
    `settings ${result.settings}, path ${result.mode}, store ${store?.ConnectionState ?? 'none'}`,
    ...(reason ? [`${reason.code}: ${reason.message}`] : []),
    ...(result.nextCommands ?? []).map((command) => `$ ${command}`),
  ].join('\n');
}

/** A state that only chooses stands on the line of what it chose. */
function joinChoices(lines: readonly string[]): readonly string[] {
  return lines.join('\n').replaceAll('choosing\n', 'choosing → ').split('\n');
}

function namePassages(lines: readonly string[]): readonly string[] {
  const named: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const [name, passage] = longestFirst.find(([, own]) => own.every((line, nth) => line === lines[at + nth])) ?? [];
    named.push(name ?? lines[at] ?? '');
    at += passage?.length ?? 1;
  }
  return named;
}
