/** The one table of run options: what follows from it is complete. */
import { describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../src/domain/policy.ts';
import { findPolicyMistake, formOf, policyNames, policyOptions } from '../../src/domain/policy-options.ts';

describe('the table of run options', () => {
  it('finds no mistake in the default policy', () => {
    const entries = Object.entries(defaultPolicy) as [(typeof policyNames)[number], unknown][];
    expect(entries.flatMap(([name, value]) => findPolicyMistake(name, value) ?? [])).toEqual([]);
  });

  it.each(policyNames.filter((name) => formOf(name) !== 'window'))(
    'names %s in the mistake of a wrong value',
    (name) => {
      expect(findPolicyMistake(name, {})).toMatch(name === 'deadMansSwitch' ? "dead man's switch" : name);
    },
  );

  it('gives each option a name of its own', () => {
    const names = policyNames.flatMap((name) => {
      const option = policyOptions[name];
      return 'flag' in option ? [option.flag.name] : [];
    });
    expect(new Set(names).size).toBe(names.length);
  });
});
