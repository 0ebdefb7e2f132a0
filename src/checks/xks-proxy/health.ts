/** What KMS would make of a health answer. Source: XKS proxy API specification 1.0.3, "GetHealthStatus". */
import { failed, type Note, passed, warned } from '../conclude.ts';
import { type Fields, isObject, quoteMember, type ReadReply } from './obstacles.ts';

/** KMS gives up after it. */
const budgetMs = 250;

const states = ['ACTIVE', 'DEGRADED', 'UNAVAILABLE'] as const;
type State = (typeof states)[number];

export function judgeHealth({ json, elapsedMs }: ReadReply): readonly Note[] {
  const fleet = readFleet(json);
  if (typeof fleet === 'string') return [failed(`KMS could not read its health answer: ${fleet}`)];
  return [judgeFleet(fleet), judgeTime(Math.round(elapsedMs)), ...judgeVendor(json)];
}

function judgeFleet(fleet: readonly State[]): Note {
  const count = (state: State) => fleet.filter((one) => one === state).length;
  const tally = states.flatMap((state) => (count(state) > 0 ? [`${count(state)} ${state}`] : [])).join(', ');
  const text = `its external key managers: ${tally}`;
  if (count('UNAVAILABLE') === fleet.length) return failed(text);
  return { status: count('ACTIVE') === fleet.length ? 'passed' : 'warned', text };
}

function judgeTime(elapsedMs: number): Note {
  if (elapsedMs <= budgetMs) return passed(`it answers in ${elapsedMs} ms from here`);
  const text = `it answers in ${elapsedMs} ms from here, and KMS waits ${budgetMs}; the network path from this machine may explain it`;
  return warned(text);
}

/** Managers that connect and change custom key stores themselves. What a proxy calls itself stays unsaid. */
function judgeVendor({ xksProxyVendor, xksProxyModel }: Fields): readonly Note[] {
  if (!/thales|ciphertrust/i.test(`${xksProxyVendor} ${xksProxyModel}`)) return [];
  const text =
    'the vendor is Thales: CipherTrust Manager can administer key stores itself, and may overwrite these settings';
  return [warned(text)];
}

/** The states of the key managers: 1 to 10 of the three words; else what is wrong with them. */
function readFleet({ ekmFleetDetails: details }: Fields): readonly State[] | string {
  if (!Array.isArray(details)) return `ekmFleetDetails is ${quoteMember(details)}, not a list`;
  if (details.length < 1 || details.length > 10) return `ekmFleetDetails has ${details.length} entries, not 1 to 10`;
  const found: State[] = [];
  for (const one of details) {
    const word: unknown = isObject(one) ? one.healthStatus : undefined;
    const state = states.find((known) => known === word);
    if (state === undefined) return `a healthStatus is ${quoteMember(word)}, not ${states.join(', ')}`;
    found.push(state);
  }
  return found;
}
