/** Asks before the first write, where somebody can be asked; elsewhere the options alone decide. */
import type { Assessment } from '../domain/consent.ts';
import { storeName } from '../domain/key-store.ts';
import { explainRisk, type Risk } from '../domain/policy.ts';
import type { Answer, Approver } from '../ports/approver.ts';
import type { Io } from './io.ts';
import { renderPlan } from './render/plan.ts';

export interface Consent {
  /** The go-ahead is given; risks are not. */
  readonly yes: boolean;
  readonly pause: () => void;
}

export function createApprover(io: Io, { yes, pause }: Consent): Approver {
  return {
    async ask(assessment, signal) {
      if (!yes && io.isInteractive) {
        pause();
        return askPerson(io, assessment, signal);
      }
      const accept = assessment.missing.length > 0 ? [`--accept ${assessment.missing.join(',')}`] : [];
      const missing = [...(yes ? [] : ['--yes']), ...accept];
      return missing.length > 0 ? { kind: 'unconsented', missing } : { kind: 'approved', accepted: [] };
    },
  };
}

async function askPerson(io: Io, assessment: Assessment, signal: AbortSignal): Promise<Answer> {
  const { confirm, isCancel, text } = await import('@clack/prompts');
  const streams = { input: io.stdin as NodeJS.ReadStream, output: io.stderr as NodeJS.WriteStream, signal } as const;
  const { store, plan, missing } = assessment;
  const name = storeName(store);
  io.stderr.write(`${renderPlan(assessment)}\n`);

  const accepted: Risk[] = [];
  for (const risk of missing.filter((word) => word !== 'outage')) {
    const isAccepted = await confirm({
      ...streams,
      message: `Accept "${risk}": ${explainRisk(risk)}?`,
      initialValue: false,
    });
    if (isCancel(isAccepted) || !isAccepted) return { kind: 'declined' };
    accepted.push(risk);
  }
  if (missing.includes('outage')) {
    const typed = await text({
      ...streams,
      message: `Every key in the store goes dead meanwhile. Type its name to go on:`,
      placeholder: name,
    });
    if (isCancel(typed) || typed !== name) return { kind: 'declined' };
    return { kind: 'approved', accepted: [...accepted, 'outage'] };
  }
  const isGo = await confirm({ ...streams, message: 'Go on?', initialValue: false });
  if (isCancel(isGo) || !isGo) return { kind: 'declined' };
  if (!plan.possibleRisks.includes('outage')) return { kind: 'approved', accepted };
  const typed = await text({
    ...streams,
    message:
      'KMS may refuse this while the store is CONNECTED. To let it go offline then, type its name; to stay online, press Enter:',
    placeholder: 'stay online',
    defaultValue: '',
  });
  if (isCancel(typed)) return { kind: 'declined' };
  return { kind: 'approved', accepted: typed === name ? [...accepted, 'outage'] : accepted };
}
