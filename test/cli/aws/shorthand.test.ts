import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseShorthand } from '../../../src/cli/aws/shorthand.ts';

describe('the shorthand of the AWS CLI', () => {
  it.each([
    ['A=1,B=2', { A: '1', B: '2' }],
    ['A=1, B=2=', { A: '1', B: '2=' }],
    [' A = 1 ,\n B = 2 ', { A: '1', B: '2' }],
    ['A="1,B=x",B=2', { A: '1,B=x', B: '2' }],
    ["A='it\\'s',B=2", { A: "it's", B: '2' }],
    ['A=1\\,B=2', { A: '1,B=2' }],
    ['A=file:/a,b,B=2', { A: 'file:/a,b', B: '2' }],
    ['A@=file://~/a,B=2', { A: 'file:~/a', B: '2' }],
    ['A=,B=2', { A: '', B: '2' }],
    ['A=1,', { A: '1,' }],
  ])('%j is read', (text, members) => {
    expect(parseShorthand(text)).toEqual(members);
  });

  it.each(['', 'A', '=1', ',A=1', 'A=1,A=2', 'A="1" x', 'A B=1'])('%j is not', (text) => {
    expect(parseShorthand(text)).toBeUndefined();
  });

  it('gives back every secret that KMS takes', () => {
    const secret = fc.stringMatching(/^[a-zA-Z0-9/+=]{43,64}$/);
    fc.assert(
      fc.property(secret, (value) => {
        expect(parseShorthand(`AccessKeyId=ID, RawSecretAccessKey=${value}`)).toEqual({
          AccessKeyId: 'ID',
          RawSecretAccessKey: value,
        });
      }),
    );
  });
});
