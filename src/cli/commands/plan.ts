/** `cks plan`: what an update would do. 0, or 3 when it would be refused. */
import { otherExitCodes } from '../../domain/outcome.ts';
import { planUpdate } from '../../library.ts';
import type { UpdatePlan } from '../../run/plan-update.ts';
import { type Options, readConnection, readOrder, readStore } from '../arguments.ts';
import type { Io } from '../io.ts';
import { createOutput } from '../output.ts';
import { renderPlan } from '../render/plan.ts';
import { createSession } from '../session.ts';

export async function plan(io: Io, options: Options, argument: string | undefined): Promise<number> {
  const output = createOutput(io, options);
  const order = readOrder(readStore(argument, options), options);
  const session = await createSession(io, { ...options, progress: 'none' }, output);
  const made = await planUpdate({ ...order, ...readConnection(options), ...session.options }).finally(session.end);
  await output.answer(made, render(made));
  return made.verdict === 'refused' ? otherExitCodes.no : 0;
}

function render(made: UpdatePlan): string {
  const { store, verdict, reason, missing, guards } = made;
  if (reason || !store) {
    return [`refused  ${reason?.message}`, `  cause: ${reason?.cause}`, `  next:  ${reason?.remedy}`].join('\n');
  }
  if (verdict === 'unchanged') return `unchanged  settings and state are already as wanted; nothing would be sent`;
  const accept = missing.length > 0 ? ` --accept ${missing.join(',')}` : '';
  return [
    renderPlan({ store, plan: made, findings: made.findings, missing }),
    ...guards.map((note) => `  ${note}`),
    '',
    `To do it: the same with "cks update", and --yes${accept} where nobody can be asked.`,
  ].join('\n');
}
