/**
 * Connect and disconnect as `aws kms` has them: a safe run towards a connection state, which ends as soon as KMS has begun.
 * Its journal and its count of logins are those of every run.
 */
import { nameStore } from '../../domain/key-store.ts';
import { outcomes } from '../../domain/outcome.ts';
import type { Ending } from '../commands/carry-run.ts';
import type { RunCommand } from '../commands.ts';
import { hasFlag, type OptionValues } from '../options/option-values.ts';
import { wrap } from '../output/render/lines.ts';
import type { Io } from '../terminal/io.ts';
import { carryOutCall } from './carry-out-call.ts';

const moves = {
  ConnectCustomKeyStore: { state: 'connected', waitLimits: { maxConnectWaitMs: 1_000 } },
  DisconnectCustomKeyStore: { state: 'disconnected', waitLimits: { maxDisconnectWaitMs: 1_000 } },
} as const;

export const connect: RunCommand = (io, { optionValues }) => move(io, 'ConnectCustomKeyStore', optionValues);

export const disconnect: RunCommand = (io, { optionValues }) => move(io, 'DisconnectCustomKeyStore', optionValues);

function move(io: Io, operation: keyof typeof moves, optionValues: OptionValues): Promise<number> {
  const { state, waitLimits } = moves[operation];
  const more = { 'final-state': state };
  if (hasFlag(optionValues, 'wait')) return carryOutCall(io, operation, optionValues, { more });
  const progress = optionValues.progress ?? 'none';
  return carryOutCall(io, operation, optionValues, {
    more: { ...more, progress },
    waitLimits,
    change: (ending) => endOnTheWay(io, ending),
  });
}

/** That the store still moves is what was asked for. */
function endOnTheWay(io: Io, { output, end }: Ending): Ending {
  return {
    output,
    end(result) {
      const { outcome, after } = result;
      if (outcome !== 'unsettled' || after === null) return end(result);
      output.write(result, () => '');
      const id = after.customKeyStoreId;
      const still = `${nameStore(after)} is still ${after.connectionState}: --wait would wait for its end, and cks describe ${id} shows it`;
      io.stderr.write(`${wrap(still, 'cks: ')}\n`);
      return outcomes.updated.exitCode;
    },
  };
}
