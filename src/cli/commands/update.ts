/** `cks update` and `cks reconnect`: a safe run, told as it goes, with a result at its end. */
import { outcomes, type RunResult } from '../../domain/outcome.ts';
import { safeUpdate } from '../../library.ts';
import type { OrderInput } from '../../run/prepare.ts';
import { createApprover } from '../approver.ts';
import { findPlainSecrets, type Options, readConnection, readOrder, readPolicy, readStore } from '../arguments.ts';
import type { Io } from '../io.ts';
import { createOutput } from '../output.ts';
import { renderResult } from '../render/result.ts';
import { createSession } from '../session.ts';

export async function update(io: Io, options: Options, argument: string | undefined): Promise<number> {
  return carryOut(io, options, readOrder(readStore(argument, options), options));
}

export async function reconnect(io: Io, options: Options, argument: string | undefined): Promise<number> {
  const customKeyStoreId = readStore(argument, options);
  return carryOut(io, options, { customKeyStoreId, ...readPolicy(options), intent: 'reconnect' });
}

async function carryOut(io: Io, options: Options, order: OrderInput): Promise<number> {
  const output = createOutput(io, options);
  for (const option of findPlainSecrets(order)) {
    output.say(`cks: ${option} holds the secret itself, for the shell's history to see; better env:NAME or file:PATH`);
  }
  const session = await createSession(io, options, output);
  try {
    const result = await safeUpdate({
      ...order,
      ...readConnection(options),
      ...session.options,
      approver: createApprover(io, { yes: options.yes === true, pause: session.pause }),
    });
    session.end();
    await output.answer(result, renderResult(result));
    if (output.format === 'json') for (const line of describeBadEnd(result)) output.say(line);
    return outcomes[result.outcome].exitCode;
  } finally {
    session.end();
  }
}

/** With json the reason stands in the object; whoever reads standard error wants it too. */
function describeBadEnd({ outcome, reason, remaining = [] }: RunResult): string[] {
  if (!reason) return [];
  return [
    `cks: ${outcome}: ${reason.message}`,
    `  next:  ${reason.remedy}`,
    ...remaining.map((command) => `  $ ${command}`),
  ];
}
