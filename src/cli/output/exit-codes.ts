/** `cks help exit-codes`. They are part of the contract. */
import { otherExitCodes, outcomes } from '../../domain/outcome.ts';

export function explainExitCodes(): string {
  const others = [
    [otherExitCodes.bug, 'a bug, before anything was changed'],
    [otherExitCodes.wrongInput, 'the input is wrong'],
    [otherExitCodes.no, 'doctor, check, canary, runs check: a problem was found'],
    [otherExitCodes.unfinished, 'unfinished: interrupted or on hold; the command that continues it is shown'],
    [otherExitCodes.unverified, 'updated, but key verification or the key test is incomplete'],
    [otherExitCodes.unknown, 'doctor: could not tell whether the store works'],
    [otherExitCodes.change, 'plan --detailed-exitcode: an update would change something'],
  ] as const;
  const rows = [
    ...Object.entries(outcomes).map(
      ([outcome, { exitCode, meaning }]) => [exitCode, `${outcome}: ${meaning}`] as const,
    ),
    ...others,
  ].sort(([a], [b]) => a - b);
  return `${['Exit codes:', ...rows.map(([code, meaning]) => `  ${String(code).padEnd(4)} ${meaning}`)].join('\n')}\n`;
}
