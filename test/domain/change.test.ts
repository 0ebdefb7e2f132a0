import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyChange,
  type Change,
  changedNames,
  checkText,
  completeChange,
  differingChange,
  isDiscernible,
  secretReference,
  showsChange,
  validateChange,
  validateFor,
  visibleValue,
} from '../../src/domain/change.ts';
import { type CustomKeyStoreType, type KeyStore, type Settings, shownValue } from '../../src/domain/key-store.ts';
import { describeProperty, type PropertyName } from '../../src/domain/properties.ts';
import { storesWithChanges, values, wildChanges } from '../support/arbitraries.ts';

const vpcSettings: Settings = {
  XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE',
  XksProxyUriEndpoint: 'https://blue.example.com',
  XksProxyVpcEndpointServiceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-blue',
  XksProxyVpcEndpointServiceOwner: '111122223333',
};
const publicSettings: Settings = {
  XksProxyConnectivity: 'PUBLIC_ENDPOINT',
  XksProxyUriEndpoint: 'https://blue.example.com',
};

function store(settings: Settings, customKeyStoreType: CustomKeyStoreType = 'EXTERNAL_KEY_STORE'): KeyStore {
  return { customKeyStoreId: 'cks-1', customKeyStoreType, connectionState: 'CONNECTED', settings };
}

const emit = (findings: readonly { severity: string; message: string }[]) =>
  findings.map(({ severity, message }) => `${severity}: ${message}`);

describe('validateChange', () => {
  it.each<[string, Change, string[]]>([
    [
      'takes http for no endpoint',
      { XksProxyUriEndpoint: 'http://blue.example.com' },
      [
        'error: XksProxyUriEndpoint must be https:// followed by a host alone (no port, no path): "http://blue.example.com"',
      ],
    ],
    [
      'takes a port in an endpoint for an error',
      { XksProxyUriEndpoint: 'https://blue.example.com:8443' },
      [
        'error: XksProxyUriEndpoint must be https:// followed by a host alone (no port, no path): "https://blue.example.com:8443"',
      ],
    ],
    [
      'takes a path behind an endpoint for an error',
      { XksProxyUriEndpoint: 'https://blue.example.com/' },
      [
        'error: XksProxyUriEndpoint must be https:// followed by a host alone (no port, no path): "https://blue.example.com/"',
      ],
    ],
    [
      'takes a path without a version for an error',
      { XksProxyUriPath: '/blue/kms/xks/' },
      ['error: XksProxyUriPath must start with / and end with /kms/xks/v and a number: "/blue/kms/xks/"'],
    ],
    [
      'takes a path without its first slash for an error',
      { XksProxyUriPath: 'blue/kms/xks/v1' },
      ['error: XksProxyUriPath must start with / and end with /kms/xks/v and a number: "blue/kms/xks/v1"'],
    ],
    ['takes a path without a prefix', { XksProxyUriPath: '/kms/xks/v1' }, []],
    [
      'takes any other word for connectivity for an error',
      { XksProxyConnectivity: 'PRIVATE' },
      ['error: XksProxyConnectivity must be PUBLIC_ENDPOINT or VPC_ENDPOINT_SERVICE: "PRIVATE"'],
    ],
    [
      'takes an empty name for an error',
      { NewCustomKeyStoreName: '' },
      ['error: NewCustomKeyStoreName must have 1 to 256 characters, not 0: ""'],
    ],
    ['takes an empty service name for a value', { XksProxyVpcEndpointServiceName: '' }, []],
    [
      'takes a short account id for an error',
      { XksProxyVpcEndpointServiceOwner: '123' },
      ['error: XksProxyVpcEndpointServiceOwner must have 12 characters, not 3: "123"'],
    ],
    [
      'takes properties of both types side by side for an error',
      { CloudHsmClusterId: values.CloudHsmClusterId[0], XksProxyUriPath: '/kms/xks/v1' },
      [
        'error: CloudHsmClusterId is valid only for AWS_CLOUDHSM stores and XksProxyUriPath only for EXTERNAL_KEY_STORE stores',
      ],
    ],
    [
      'only warns of a cluster id that AWS prints itself',
      { CloudHsmClusterId: 'cluster-1a23b4cdefg' },
      [
        'warning: CloudHsmClusterId does not match the pattern of the KMS API model; KMS may refuse it: "cluster-1a23b4cdefg"',
      ],
    ],
  ])('%s', (_, change, expected) => {
    expect(emit(validateChange(change))).toEqual(expected);
  });

  it('only warns of an access key id that AWS prints itself', () => {
    const change: Change = {
      XksProxyAuthenticationCredential: { AccessKeyId: 'ABCDE12345670EXAMPLE', RawSecretAccessKey: 'env:X' },
    };
    expect(validateChange(change).map(({ severity }) => severity)).toEqual(['warning']);
  });

  it('does not quote an access key id, because the secret may have been put in its place', () => {
    const secret = 'DXjSUawnel2fr6SKC7G25CNxTyWKE5PF9XX6H/u9pSo=';
    const change: Change = {
      XksProxyAuthenticationCredential: { AccessKeyId: secret, RawSecretAccessKey: 'given:slot' },
    };
    const [finding] = validateChange(change);
    expect(finding).toMatchObject({ severity: 'error' });
    expect(finding?.message).not.toContain(secret);
  });

  it('takes every value that AWS documents', () => {
    fc.assert(
      fc.property(storesWithChanges, ({ change }) => {
        expect(validateChange(change)).toEqual([]);
      }),
    );
  });

  it('tells something about every value that is too long or too short, and throws for none', () => {
    fc.assert(
      fc.property(wildChanges, (change) => {
        const wrong = changedNames(change).filter((name) => {
          const value = visibleValue(change, name);
          const { text, mayBeEmptied } = describeProperty(name);
          if (value === undefined || (value === '' && mayBeEmptied)) return false;
          return value.length < text.min || value.length > text.max;
        });
        const errors = validateChange(change).filter(({ severity }) => severity === 'error');
        expect(errors.map(({ property }) => property)).toEqual(expect.arrayContaining(wrong));
      }),
    );
  });
});

describe('checkText', () => {
  it('quotes no secret', () => {
    const { secretMember } = describeProperty('XksProxyAuthenticationCredential');
    if (!secretMember) throw new Error('the credential has a secret member');
    for (const secret of ['tooShort', 'x'.repeat(65), `${'x'.repeat(43)}!`]) {
      const [finding] = checkText('XksProxyAuthenticationCredential', 'the secret', secretMember.text, secret, true);
      expect(finding?.severity).toBe('error');
      expect(finding?.message).not.toContain(secret);
    }
  });
});

describe('validateFor', () => {
  it.each<[string, KeyStore, Change, string[]]>([
    [
      'refuses a proxy property for a CloudHSM store',
      store({}, 'AWS_CLOUDHSM'),
      { XksProxyUriPath: '/kms/xks/v1' },
      ['error: XksProxyUriPath is not valid for this store: its type is AWS_CLOUDHSM'],
    ],
    [
      'refuses each CloudHSM property for an external store',
      store(publicSettings),
      { KeyStorePassword: 'env:X', CloudHsmClusterId: values.CloudHsmClusterId[0] },
      [
        'error: KeyStorePassword is not valid for this store: its type is EXTERNAL_KEY_STORE',
        'error: CloudHsmClusterId is not valid for this store: its type is EXTERNAL_KEY_STORE',
      ],
    ],
    [
      'wants an endpoint and a service beside VPC_ENDPOINT_SERVICE',
      store(publicSettings),
      { XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE' },
      [
        'error: changing XksProxyConnectivity to VPC_ENDPOINT_SERVICE needs XksProxyUriEndpoint too',
        'error: changing XksProxyConnectivity to VPC_ENDPOINT_SERVICE needs XksProxyVpcEndpointServiceName too',
      ],
    ],
    [
      'wants an endpoint beside PUBLIC_ENDPOINT, and no service',
      store(vpcSettings),
      { XksProxyConnectivity: 'PUBLIC_ENDPOINT' },
      ['error: changing XksProxyConnectivity to PUBLIC_ENDPOINT needs XksProxyUriEndpoint too'],
    ],
    [
      'wants nothing beside a connectivity that the store has',
      store(vpcSettings),
      { XksProxyConnectivity: 'VPC_ENDPOINT_SERVICE' },
      [],
    ],
    [
      'refuses a service and an owner for a public store',
      store(publicSettings),
      {
        XksProxyVpcEndpointServiceName: values.XksProxyVpcEndpointServiceName[0],
        XksProxyVpcEndpointServiceOwner: '111122223333',
      },
      [
        'error: XksProxyVpcEndpointServiceName is valid only with VPC_ENDPOINT_SERVICE, not with PUBLIC_ENDPOINT',
        'error: XksProxyVpcEndpointServiceOwner is valid only with VPC_ENDPOINT_SERVICE, not with PUBLIC_ENDPOINT',
      ],
    ],
    [
      'refuses to empty the service of a store that stays behind one',
      store(vpcSettings),
      { XksProxyVpcEndpointServiceName: '' },
      ['error: XksProxyVpcEndpointServiceName may be empty only when XksProxyConnectivity goes to PUBLIC_ENDPOINT'],
    ],
    [
      'lets a public store empty what it does not have',
      store(publicSettings),
      { XksProxyVpcEndpointServiceName: '' },
      [],
    ],
  ])('%s', (_, forStore, change, expected) => {
    expect(emit(validateFor(forStore, change))).toEqual(expected);
  });
});

describe('completeChange', () => {
  it('empties the service of a store that goes public', () => {
    const change: Change = {
      XksProxyConnectivity: 'PUBLIC_ENDPOINT',
      XksProxyUriEndpoint: 'https://green.example.com',
    };
    expect(completeChange(vpcSettings, change)).toEqual({ ...change, XksProxyVpcEndpointServiceName: '' });
    expect(completeChange(publicSettings, change)).toEqual(change);
  });
});

describe('differingChange', () => {
  const companions: readonly PropertyName[] = ['XksProxyUriEndpoint', 'XksProxyVpcEndpointServiceName'];

  it('sends all that differs, each secret, and an equal value only beside a new connectivity', () => {
    fc.assert(
      fc.property(storesWithChanges, ({ store: { settings }, change }) => {
        const sent = differingChange(settings, change);
        for (const name of changedNames(change)) {
          const isEqual = (shownValue(settings, name) ?? '') === (visibleValue(change, name) ?? '');
          const isSecret = secretReference(change, name) !== undefined;
          if (isSecret || !isEqual) expect(sent[name], name).toEqual(change[name]);
          else if (sent[name] !== undefined) {
            expect(companions).toContain(name);
            expect(sent.XksProxyConnectivity).not.toBe(settings.XksProxyConnectivity);
          }
        }
        expect(Object.keys(change)).toEqual(expect.arrayContaining(Object.keys(sent)));
      }),
    );
  });

  it('sends nothing but secrets where the change is in force already', () => {
    fc.assert(
      fc.property(storesWithChanges, ({ store: { settings }, change }) => {
        const sent = differingChange(applyChange(settings, change), change);
        expect(changedNames(sent).every((name) => secretReference(sent, name) !== undefined)).toBe(true);
      }),
    );
  });

  it('sends a credential whose visible half is the one in force', () => {
    const change: Change = {
      XksProxyAuthenticationCredential: { AccessKeyId: 'BLUEBLUEBLUEBLUEBLUE', RawSecretAccessKey: 'env:BLUE' },
    };
    expect(differingChange({ proxyCredentialAccessKeyId: 'BLUEBLUEBLUEBLUEBLUE' }, change)).toEqual(change);
  });
});

describe('applyChange', () => {
  it('gives the settings that show the change', () => {
    fc.assert(
      fc.property(storesWithChanges, ({ store: { settings }, change }) => {
        const after = applyChange(settings, change);
        expect(showsChange(after, change)).toBe(true);
        expect(isDiscernible(after, change)).toBe(false);
        expect(isDiscernible(settings, change)).toBe(!showsChange(settings, change));
      }),
    );
  });

  it('is the same applied whole or as the part that is sent', () => {
    fc.assert(
      fc.property(storesWithChanges, ({ store: { settings }, change }) => {
        expect(applyChange(settings, differingChange(settings, change))).toEqual(applyChange(settings, change));
      }),
    );
  });

  it('takes service and owner away from a store that goes public', () => {
    const change: Change = { XksProxyConnectivity: 'PUBLIC_ENDPOINT', XksProxyVpcEndpointServiceName: '' };
    expect(applyChange(vpcSettings, change)).toEqual(publicSettings);
  });

  it('holds no password and no secret half', () => {
    const change: Change = {
      KeyStorePassword: 'env:PASSWORD',
      XksProxyAuthenticationCredential: { AccessKeyId: 'BLUEBLUEBLUEBLUEBLUE', RawSecretAccessKey: 'env:BLUE' },
    };
    expect(applyChange({}, change)).toEqual({ proxyCredentialAccessKeyId: 'BLUEBLUEBLUEBLUEBLUE' });
  });
});
