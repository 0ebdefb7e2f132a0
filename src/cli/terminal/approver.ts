/**
 * Who says yes: a person at the terminal, or the options. `--yes` answers the question whether to go on, and accepts no
 * risk; what is then missing is refused by name.
 */
import { type Assessment, findMissing } from '../../domain/consent.ts';
import { storeName } from '../../domain/key-store.ts';
import { explainRisk, type Risk } from '../../domain/policy.ts';
import { explainSafeguards, type Safeguards } from '../../domain/safeguards.ts';
import type { Answer, Approver } from '../../ports/approver.ts';
import { renderPlan } from '../output/render/plan.ts';
import type { Io } from './io.ts';
import type { Questions } from './questions.ts';

export interface ConsentOptions {
  readonly isYes: boolean;
  readonly accept: readonly Risk[];
  /** Hears of each risk that is accepted when asked for. */
  readonly onAccepted: (risk: Risk) => void;
}

/** Without a terminal: yes, or exactly the options that are missing. */
export function createOptionsApprover({ isYes }: Pick<ConsentOptions, 'isYes'>): Approver {
  return {
    async ask({ missing }): Promise<Answer> {
      const words = [...(isYes ? [] : ['--yes']), ...(missing.length > 0 ? [`--accept ${missing.join(',')}`] : [])];
      return words.length > 0 ? { kind: 'unconsented', missing: words } : { kind: 'approved', accepted: [] };
    },
  };
}

/** At a terminal: shows the plan with the notes, asks for each risk in words of its own, and for an outage by the store's name. */
export function createTerminalApprover(
  io: Io,
  { accept, onAccepted }: Omit<ConsentOptions, 'isYes'>,
  safeguards: Safeguards,
  endpoint: string | null,
  notes: readonly string[] = [],
): Approver {
  return {
    mayAccept: true,
    async ask(assessment, signal): Promise<Answer> {
      io.stderr.write(`${showAssessment(assessment, explainSafeguards(safeguards), notes, endpoint)}\n`);
      const { createQuestions } = await import('./questions.ts');
      const answer = await askForAll(assessment, accept, createQuestions(io, signal));
      if (answer.kind === 'approved') answer.accepted.forEach(onAccepted);
      return answer;
    },
  };
}

/** The order of the questions: other risks, the outage with its own risks, and the go-ahead where no typed name has given it. */
async function askForAll(
  { store, plan, findings, missing }: Assessment,
  accept: readonly Risk[],
  { confirm, typeName }: Questions,
): Promise<Answer> {
  const name = storeName(store);
  const accepted: Risk[] = [];
  const acceptEach = async (risks: readonly Risk[]): Promise<boolean> => {
    for (const risk of risks) {
      if (!(await confirm(`Accept the risk ${risk}?`, sentence(risk)))) return false;
      accepted.push(risk);
    }
    return true;
  };
  if (!(await acceptEach(missing.filter((risk) => risk !== 'outage')))) return { kind: 'declined' };
  if (missing.includes('outage')) {
    if ((await typeName(name, 'cancel', sentence('outage'))) !== 'typed') return { kind: 'declined' };
    return { kind: 'approved', accepted: [...accepted, 'outage'] };
  }
  const isOutageBarred = findings.some(({ status, onlyOffline }) => status === 'failed' && onlyOffline);
  if (plan.possibleRisks.includes('outage') && !accept.includes('outage') && !isOutageBarred) {
    const answer = await typeName(
      name,
      'stay online',
      'If KMS refuses the change live, the store can go offline for it.',
    );
    if (answer === 'cancelled') return { kind: 'declined' };
    if (answer === 'typed') {
      accepted.push('outage');
      const more = findMissing(plan, findings, { accept: [...accept, ...accepted] });
      if (!(await acceptEach(more))) return { kind: 'declined' };
    }
  }
  return (await confirm(`Apply this plan to ${name}?`)) ? { kind: 'approved', accepted } : { kind: 'declined' };
}

function showAssessment(
  { plan, ...assessment }: Assessment,
  safeguards: readonly string[],
  notes: readonly string[],
  endpoint: string | null,
): string {
  const { send: _, reason, ...shown } = plan;
  return renderPlan({ ...shown, ...assessment, safeguards, notes, endpoint, ...(reason ? { reason } : {}) });
}

function sentence(risk: Risk): string {
  const text = explainRisk(risk);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
