import { describe, expect, it } from 'vitest';
import { readEvent } from '../../src/lambda/safe-update/event.ts';
import { readBlocks } from '../support/pages.ts';

const literal = 'Sup3rS3cretCanary';
const credential = { AccessKeyId: 'A'.repeat(20), RawSecretAccessKey: 'secretsmanager:proxy' };

describe('the input of an execution', () => {
  it('is a change with references in the place of secrets', () => {
    const event = { customKeyStoreId: 'cks-1', change: { XksProxyAuthenticationCredential: credential } };
    expect(readEvent(event)).toBe(event);
    expect(
      readEvent({ ...event, change: { XksProxyAuthenticationCredential: 'secretsmanager:proxy#AWSPENDING' } }),
    ).toBeTruthy();
  });

  it.each([
    ['a literal password', { change: { KeyStorePassword: literal } }, /^KeyStorePassword: .*secretsmanager:ARN/],
    [
      'a literal half of a credential',
      { change: { XksProxyAuthenticationCredential: { ...credential, RawSecretAccessKey: literal } } },
      /^XksProxyAuthenticationCredential: /,
    ],
    [
      'a literal in the place of a credential',
      { change: { XksProxyAuthenticationCredential: literal } },
      /Credential: /,
    ],
    [
      'a literal of before',
      { previous: { XksProxyAuthenticationCredential: { ...credential, RawSecretAccessKey: literal } } },
      /^XksProxyAuthenticationCredential: /,
    ],
    ['a secret that is no text', { change: { KeyStorePassword: { given: literal } } }, /^KeyStorePassword: /],
    ['a member that there is not', { acept: ['outage'] }, 'no member acept'],
    ['a check to skip that is none', { skipChecks: ['keys', 'xks-prox'] }, /^skipChecks: unknown check "xks-prox"; /],
    ['a literal in the place of a check', { skipChecks: ['toString'] }, /^skipChecks: unknown check "toString"; /],
    ['more than Lambda carries', { canaryKeys: ['ü'.repeat(600_000)] }, /^the input is longer than 1 MB, /],
    ['a hold that nobody would end', { holdOffline: true }, /holdOffline waits for an operator/],
    ['a failure that nobody would be asked about', { onFailure: 'ask' }, /onFailure waits for an operator/],
  ])('is refused with %s, which is not repeated', (_, event, message) => {
    const reading = () => readEvent({ customKeyStoreId: 'cks-1', ...event });
    expect(reading).toThrow(message);
    expect(reading).not.toThrow(literal);
  });

  it('may skip checks of ours and of the function by their names', () => {
    const own = { name: 'change-freeze', run: async () => null };
    const event = { customKeyStoreId: 'cks-1', skipChecks: ['keys', 'trial-connect', 'change-freeze'] };
    expect(readEvent(event, [own])).toBe(event);
    expect(() => readEvent(event)).toThrow('unknown check "change-freeze"');
  });

  it.each([
    ['change', 5],
    ['change', 'KeyStorePassword'],
    ['change', ['KeyStorePassword']],
    ['previous', true],
    ['accept', 'outage'],
    ['accept', null],
    ['accept', [5]],
    ['canaryKeys', [{}]],
    ['skipChecks', [null]],
    ['trialConnect', 'no'],
    ['requireKeyVerification', 1],
    ['region', 5],
    ['roleArn', { arn: 'role' }],
    ['roleArn', 'cks'],
    ['externalId', 5],
    ['expectAccount', 111122223333],
    ['deadMansSwitch', 5],
  ])('names %s where that is %j', (name, value) => {
    expect(() => readEvent({ customKeyStoreId: 'cks-1', [name]: value })).toThrow(new RegExp(`^${name} must be `));
  });

  it.each([
    ['change', 5],
    ['accept', null],
    ['accept', ['outge']],
  ])('that goes on names %s where that is %j', (name, value) => {
    const resume = 'arn:aws:lambda:us-east-1:111122223333:function:cks:1/durable-execution/name/id';
    expect(() => readEvent({ resume, [name]: value })).toThrow(new RegExp(`^${name} must be `));
  });

  it('is what its page shows', () => {
    const shown = readBlocks('src/lambda/README.md', 'json').filter((text) => text.includes('"roleArn"'));
    expect(shown).toHaveLength(1);
    expect(readEvent(JSON.parse(shown[0] ?? ''))).toMatchObject({ window: 'Sun 02:00-04:00 Europe/Berlin' });
  });

  it('goes on with an execution that has failed, with a corrected value', () => {
    const resume = 'arn:aws:lambda:us-east-1:111122223333:function:cks:1/durable-execution/name/id';
    const event = { resume, change: { XksProxyAuthenticationCredential: credential } };
    expect(readEvent(event)).toBe(event);
    expect(() => readEvent({ ...event, mode: 'live' })).toThrow('no member mode beside resume');
    expect(() => readEvent({ resume: 'run-1' })).toThrow('the ARN of the durable execution');
    expect(() => readEvent({ resume, change: { KeyStorePassword: literal } })).toThrow('KeyStorePassword');
  });

  it.each([null, undefined, 'cks-1', ['cks-1']])('is no %j', (event) => {
    expect(() => readEvent(event)).toThrow('the input is an object');
  });
});
