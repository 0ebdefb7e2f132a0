/**
 * What a run did and how it ended, for a snapshot. What most runs share is said once, here, so that a snapshot shows what is
 * special about its run. No line is lost: each name below stands for exactly its lines, and `*` for what differs in them.
 */
import type { RunResult } from '../../src/domain/outcome.ts';
import { foldPairs } from './fold.ts';
import type { World } from './world.ts';

const toPreparation = ['planning', 'checking', 'preparing'];
const denied = 'CustomKeyStoreNotFoundException';

const passages: Readonly<Record<string, readonly string[]>> = {
  'as usual: plan, check and prepare': toPreparation,
  'as usual: plan to approval': [...toPreparation, 'approving'],
  'as usual: *, plan to approval': ['describing: Describe→*', ...toPreparation, 'approving'],
  'as usual: *, plan to approval with permissions for Update(*)': [
    'describing: Describe→*',
    'planning',
    `checking: beside Disconnect→${denied}, beside Connect→${denied}, beside Update(*)→${denied}`,
    'preparing',
    'approving',
  ],
  'as usual: disconnect, DISCONNECTING ×*': [
    'acting.choosing → acting.disconnecting.calling: Disconnect',
    'acting.disconnecting.settling: Describe→DISCONNECTING ×*, Describe→DISCONNECTED',
  ],
  'as usual: connect, CONNECTING ×*': [
    'acting.choosing → acting.connecting.calling: Connect',
    'acting.connecting.settling: Describe→CONNECTING ×*, Describe→CONNECTED',
  ],
  'as usual: connect, CONNECTING ×*, FAILED *': [
    'acting.choosing → acting.connecting.calling: Connect',
    'acting.connecting.settling: Describe→CONNECTING ×*, Describe→FAILED *',
  ],
  'as usual: verify keys, confirm settings, updated': [
    'acting.verifyingKeys',
    'acting.confirmingSettings: Describe→CONNECTED',
    'ending.updated.choosing → updated',
  ],
  'as usual: disconnect to roll back, DISCONNECTING ×*': [
    'acting.rollingBack.choosing → acting.rollingBack.disconnecting.calling: Disconnect',
    'acting.rollingBack.disconnecting.settling: Describe→DISCONNECTING ×*, Describe→DISCONNECTED',
  ],
  'as usual: connect to roll back, CONNECTING ×*': [
    'acting.rollingBack.choosing → acting.rollingBack.connecting.calling: Connect',
    'acting.rollingBack.connecting.settling: Describe→CONNECTING ×*, Describe→CONNECTED',
  ],
  'as usual: verify keys, confirm settings, rolled back': [
    'acting.rollingBack.verifyingKeys',
    'acting.rollingBack.confirmingSettings: Describe→CONNECTED',
    'ending.rolledBack.choosing → rolledBack',
  ],
};

interface Passage {
  readonly name: string;
  readonly length: number;
  readonly pattern: RegExp;
}

const longestFirst = Object.entries(passages)
  .map(([name, lines]): Passage => {
    const pattern = lines.join('\n').replace(/[.()]/g, '\\$&').replaceAll('*', '([^,\n]*)');
    return { name, length: lines.length, pattern: new RegExp(`^${pattern}$`) };
  })
  .sort((one, other) => other.length - one.length);

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
    const textOf = ({ length }: Passage) => lines.slice(at, at + length).join('\n');
    const passage = longestFirst.find((one) => one.pattern.test(textOf(one)));
    const [, ...differing] = passage?.pattern.exec(textOf(passage)) ?? [];
    named.push(passage?.name.replaceAll('*', () => differing.shift() ?? '') ?? lines[at] ?? '');
    at += passage?.length ?? 1;
  }
  return named;
}
