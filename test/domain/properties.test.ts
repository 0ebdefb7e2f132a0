/** The one table agrees with AWS's own documents, row by row. */
import { describe, expect, it } from 'vitest';
import type { TextRule } from '../../src/domain/properties.ts';
import {
  customKeyStoreId,
  describeProperty,
  optionName,
  propertyNames,
  settingName,
} from '../../src/domain/properties.ts';
import { type ModelShape, readAwsModel, readSynopsis } from '../support/aws-models.ts';

const { shapes } = readAwsModel('kms');

function shape(name: string | undefined): ModelShape {
  const found = shapes[name ?? ''];
  if (!found) throw new Error(`the model has no shape ${name}`);
  return found;
}

const membersOf = ({ members = {} }: ModelShape) => members;
const inputs = membersOf(shape('UpdateCustomKeyStoreRequest'));

/** Anchored, and without the escapes that a slash needs in one notation and not in the other. */
const normalize = (pattern: string) => (/^\^.*\$$/.test(pattern) ? pattern : `^${pattern}$`).replaceAll('\\/', '/');

function expectSameText(rule: TextRule, shape: ModelShape, word: string): void {
  expect(rule.oneOf, word).toEqual(shape.enum);
  if (shape.enum) return;
  expect([rule.min, rule.max], word).toEqual([shape.min, shape.max]);
  // kmsuser's alphabet is the guide's rule; the model has none.
  const pattern = word === 'KeyStorePassword' ? undefined : (rule.modelPattern ?? rule.says?.pattern);
  expect(pattern && normalize(pattern.source), word).toBe(shape.pattern && normalize(shape.pattern));
}

describe('the table of properties', () => {
  it('has every input of UpdateCustomKeyStore but the id, and no other', () => {
    expect(['CustomKeyStoreId', ...propertyNames].sort()).toEqual(Object.keys(inputs).sort());
  });

  it('has the lengths, patterns and words of the API model', () => {
    expectSameText(customKeyStoreId.text, shape(inputs.CustomKeyStoreId), 'CustomKeyStoreId');
    for (const name of propertyNames) {
      const { text, visibleMember, secretMember } = describeProperty(name);
      const found = shape(inputs[name]);
      if (!visibleMember || !secretMember) {
        expectSameText(text, found, name);
        continue;
      }
      expect(Object.keys(membersOf(found)).sort()).toEqual([visibleMember, secretMember.name].sort());
      expectSameText(text, shape(membersOf(found)[visibleMember]), visibleMember);
      expectSameText(secretMember.text, shape(membersOf(found)[secretMember.name]), secretMember.name);
    }
  });

  it('reads each visible value from a member that DescribeCustomKeyStores has', () => {
    for (const name of propertyNames) {
      const path = describeProperty(name).shownAt ?? [];
      const end = path.reduce((at: string | undefined, key) => membersOf(shape(at))[key], 'CustomKeyStoresListEntry');
      expect(end, name).toBeTypeOf('string');
    }
  });

  it('spells each option as the reference page does', () => {
    const synopsis = readSynopsis();
    const offered = [...synopsis.matchAll(/^\[--([a-z-]+) <value>\]$/gm)].map(([, option]) => option);
    const options = propertyNames.map(optionName);
    // The owner came to the API after the page was written.
    expect(options.filter((option) => !offered.includes(option))).toEqual(['xks-proxy-vpc-endpoint-service-owner']);
    expect(synopsis).toContain('--custom-key-store-id <value>');
  });

  it('shows everything but a password', () => {
    expect(propertyNames.filter((name) => describeProperty(name).shownAt === undefined)).toEqual(['KeyStorePassword']);
  });

  it('calls a setting as its property is called, except two whose names would mislead', () => {
    const settings = propertyNames.map((name) => [name, settingName(name)] as const);
    expect(Object.fromEntries(settings.filter(([property, setting]) => setting !== property))).toEqual({
      NewCustomKeyStoreName: 'name',
      XksProxyAuthenticationCredential: 'proxyCredentialAccessKeyId',
      KeyStorePassword: undefined,
    });
    expect(new Set(settings.map(([, setting]) => setting)).size).toBe(propertyNames.length);
  });

  it('knows of each property for which type of store it is, and whether it may change live there', () => {
    expect(Object.fromEntries(propertyNames.map((name) => [name, describeProperty(name).live]))).toMatchInlineSnapshot(`
      {
        "CloudHsmClusterId": {
          "AWS_CLOUDHSM": "never",
        },
        "KeyStorePassword": {
          "AWS_CLOUDHSM": "never",
        },
        "NewCustomKeyStoreName": {
          "AWS_CLOUDHSM": "disputed",
          "EXTERNAL_KEY_STORE": "documented",
        },
        "XksProxyAuthenticationCredential": {
          "EXTERNAL_KEY_STORE": "disputed",
        },
        "XksProxyConnectivity": {
          "EXTERNAL_KEY_STORE": "never",
        },
        "XksProxyUriEndpoint": {
          "EXTERNAL_KEY_STORE": "never",
        },
        "XksProxyUriPath": {
          "EXTERNAL_KEY_STORE": "disputed",
        },
        "XksProxyVpcEndpointServiceName": {
          "EXTERNAL_KEY_STORE": "never",
        },
        "XksProxyVpcEndpointServiceOwner": {
          "EXTERNAL_KEY_STORE": "never",
        },
      }
    `);
  });

  it('has one short line of help for each', () => {
    for (const name of propertyNames) expect(describeProperty(name).help, name).toMatch(/^.{20,160}\.$/);
  });
});
