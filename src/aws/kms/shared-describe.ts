/**
 * One Describe for all runs of an account and Region in this process: KMS allows five a second for all callers there, so
 * this process sends at most one a second, and one unfiltered call serves all that asked before it was sent.
 */
import type { Clock } from '../../ports/clock.ts';
import type { Entry } from '../../ports/observations.ts';
import type { Pace } from './pace.ts';

/** Sends for all stores (page by page), or for the one with this id. Throws what the SDK throws. */
export type DescribeSender = (
  filter: { CustomKeyStoreId?: string },
  signal: AbortSignal | undefined,
) => Promise<readonly Entry[]>;

/** `wanted`: an id or a name; null: every store. */
interface Waiting {
  readonly wanted: string | null;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (entries: readonly Entry[]) => void;
  readonly reject: (error: unknown) => void;
}

export interface SharedDescribe {
  find(idOrName: string, signal?: AbortSignal): Promise<Entry>;
  /** As seen within the last second, where all were asked for then. */
  list(): Promise<readonly Entry[]>;
}

class StoreNotFoundError extends Error {
  override readonly name = 'CustomKeyStoreNotFoundException';
}

/** How long a list is served to those who ask for all stores. */
const freshMs = 1_000;

/** `pace`: awaited before each first page; the sender itself takes a turn for each further page. */
export function createSharedDescribe(send: DescribeSender, pace: Pace, clock: Pick<Clock, 'now'>): SharedDescribe {
  let waiting: Waiting[] = [];
  let isScheduled = false;
  let latest: { readonly entries: readonly Entry[]; readonly atMs: number } | undefined;

  return {
    async find(idOrName, signal) {
      const entry = findStore(await ask(idOrName, signal), idOrName);
      if (entry) return entry;
      throw new StoreNotFoundError(`with the id or name "${idOrName}"`);
    },
    list: async () => {
      if (latest !== undefined && clock.now() - latest.atMs < freshMs) return latest.entries;
      return ask(null);
    },
  };

  function ask(wanted: string | null, signal?: AbortSignal): Promise<readonly Entry[]> {
    return new Promise((resolve, reject) => {
      waiting.push({ wanted, signal, resolve, reject });
      if (isScheduled) return;
      isScheduled = true;
      void sendWhenDue();
    });
  }

  async function sendWhenDue(): Promise<void> {
    await pace('DescribeCustomKeyStores');
    isScheduled = false;
    const served = waiting;
    waiting = [];
    // What others wait for too is not broken off.
    const signal = served.length === 1 ? served[0]?.signal : undefined;
    try {
      const entries = await sendFor(new Set(served.map(({ wanted }) => wanted)), signal);
      for (const { resolve } of served) resolve(entries);
    } catch (error) {
      for (const { reject } of served) reject(error);
    }
  }

  /** A store alone is asked for by its id, which is lighter and tells "not found" for sure. A name needs the list. */
  async function sendFor(
    wanted: ReadonlySet<string | null>,
    signal: AbortSignal | undefined,
  ): Promise<readonly Entry[]> {
    const [only, ...others] = wanted;
    const isById = only && others.length === 0 && isStoreId(only);
    if (isById) return send({ CustomKeyStoreId: only }, signal);
    const entries = await send({}, signal);
    latest = { entries, atMs: clock.now() };
    return entries;
  }
}

/** Ids that KMS makes are `cks-` and 17 hexadecimal digits; the API model has no pattern, so this decides only how to ask. */
const isStoreId = (word: string) => /^cks-[0-9a-f]{17}$/.test(word);

function findStore(entries: readonly Entry[], idOrName: string): Entry | undefined {
  const by = (key: string) => entries.find((entry) => entry[key] === idOrName);
  return by('CustomKeyStoreId') ?? by('CustomKeyStoreName');
}
