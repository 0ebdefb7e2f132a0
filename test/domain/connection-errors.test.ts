/** The catalogue of ConnectionErrorCodes is total, true to the API model, and readable at three in the morning. */
import { describe, expect, it } from 'vitest';
import { connectionErrors, explainConnectionError } from '../../src/domain/connection-errors.ts';
import { readAwsModel } from '../support/aws-models.ts';

const storeTypes = ['AWS_CLOUDHSM', 'EXTERNAL_KEY_STORE'] as const;
const codes = Object.keys(connectionErrors);

function selectCodes(isWanted: (fact: (typeof connectionErrors)[keyof typeof connectionErrors]) => boolean) {
  return Object.entries(connectionErrors).flatMap(([code, fact]) => (isWanted(fact) ? [code] : []));
}

describe('connectionErrors', () => {
  it('has exactly the codes of the API model', () => {
    expect(codes.toSorted()).toEqual(readAwsModel('kms').shapes.ConnectionErrorCodeType?.enum?.toSorted());
  });

  it('has eighteen codes', () => {
    expect(codes).toHaveLength(18);
  });

  it('lets a plain reconnect be tried after three codes only', () => {
    const curable = selectCodes((fact) => fact.reconnectMayCure);

    expect(curable).toEqual(['INTERNAL_ERROR', 'NETWORK_ERRORS', 'XKS_PROXY_TIMED_OUT']);
  });

  it('counts as refused logins exactly the codes about kmsuser', () => {
    const refused = selectCodes((fact) => fact.login === 'refused');

    expect(refused).toEqual(['INVALID_CREDENTIALS', 'USER_LOCKED_OUT', 'USER_LOGGED_IN', 'USER_NOT_FOUND']);
    expect(selectCodes((fact) => fact.fault === 'kmsuser')).toEqual(refused);
  });

  it('counts as possible logins exactly the codes that may come at any moment of a connect', () => {
    expect(selectCodes((fact) => fact.login === 'maybe')).toEqual(['INTERNAL_ERROR', 'NETWORK_ERRORS']);
  });

  it('gives the codes that begin with XKS to external key stores alone', () => {
    const external = selectCodes((fact) => fact.appliesTo === 'EXTERNAL_KEY_STORE');

    expect(external).toEqual(codes.filter((code) => code.startsWith('XKS_')));
  });
});

describe('explainConnectionError', () => {
  it.each(storeTypes)('explains every code, known or not, in short sentences (%s)', (type) => {
    for (const code of [...codes, 'FROM_THE_FUTURE', 'constructor']) {
      const { cause, remedy } = explainConnectionError(code, type);
      for (const text of [cause, remedy]) {
        expect(text, code).toMatch(/^[A-Z].*\.$/);
        expect(text.length, `${code}: ${text}`).toBeLessThanOrEqual(200);
      }
    }
  });

  it('speaks of kmsuser when the credentials of a CloudHSM key store are invalid', () => {
    const fact = explainConnectionError('INVALID_CREDENTIALS', 'AWS_CLOUDHSM');

    expect(fact).toMatchObject({ fault: 'kmsuser', login: 'refused', cause: expect.stringContaining('kmsuser') });
    expect(fact.remedy).toContain('KeyStorePassword');
  });

  it('speaks of the proxy credential when those of an external key store are invalid', () => {
    const fact = explainConnectionError('INVALID_CREDENTIALS', 'EXTERNAL_KEY_STORE');

    expect(fact).toMatchObject({ fault: 'settings', login: 'never', reconnectMayCure: false });
    expect(fact.remedy).toContain('XksProxyAuthenticationCredential');
    expect(`${fact.cause} ${fact.remedy}`).not.toMatch(/kmsuser|KeyStorePassword/);
  });

  it('knows of no login at an external key store', () => {
    for (const code of [...codes, 'FROM_THE_FUTURE']) {
      expect(explainConnectionError(code, 'EXTERNAL_KEY_STORE').login, code).toBe('never');
    }
  });

  it('leaves an unknown code to the operator, and a login possible at a CloudHSM key store', () => {
    for (const code of ['FROM_THE_FUTURE', 'constructor']) {
      const fact = explainConnectionError(code, 'AWS_CLOUDHSM');
      expect(fact).toMatchObject({ appliesTo: 'AWS_CLOUDHSM', reconnectMayCure: false, login: 'maybe' });
    }
  });
});
