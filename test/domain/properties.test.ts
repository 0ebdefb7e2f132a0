/** The one table agrees with AWS's own documents, row by row. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TextRule } from '../../src/domain/properties.ts';
import { customKeyStoreId, describeProperty, optionName, propertyNames } from '../../src/domain/properties.ts';

const modelPath = '../shared/reference/api-models/kms.json';
const pagePath = '../shared/reference/aws-cli-update-custom-key-store.txt';

interface Shape {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly sensitive?: boolean;
  readonly members: Readonly<Record<string, string>>;
}

function readModel() {
  const { shapes } = JSON.parse(readFileSync(modelPath, 'utf8')) as { shapes: Record<string, Shape> };
  const shape = (name: string | undefined): Shape => {
    const found = shapes[name ?? ''];
    if (!found) throw new Error(`the model has no shape ${name}`);
    return found;
  };
  return { shape, members: shape('UpdateCustomKeyStoreRequest').members };
}

/** Anchored, and without the escapes that a slash needs in one notation and not in the other. */
const normalize = (pattern: string) => (/^\^.*\$$/.test(pattern) ? pattern : `^${pattern}$`).replaceAll('\\/', '/');

function expectSameText(rule: TextRule, shape: Shape, word: string): void {
  expect(rule.oneOf, word).toEqual(shape.enum);
  if (shape.enum) return;
  expect([rule.min, rule.max], word).toEqual([shape.min, shape.max]);
  // kmsuser's alphabet is the guide's rule; the model has none.
  const pattern = word === 'KeyStorePassword' ? undefined : (rule.modelPattern ?? rule.says?.pattern);
  expect(pattern && normalize(pattern.source), word).toBe(shape.pattern && normalize(shape.pattern));
}

describe('the table of properties', () => {
  it.runIf(existsSync(modelPath))('has every input of UpdateCustomKeyStore but the id, and no other', () => {
    const { CustomKeyStoreId: _, ...inputs } = readModel().members;
    expect([...propertyNames].sort()).toEqual(Object.keys(inputs).sort());
  });

  it.runIf(existsSync(modelPath))('has the lengths, patterns and words of the API model', () => {
    const { shape, members } = readModel();
    expectSameText(customKeyStoreId.text, shape(members.CustomKeyStoreId), 'CustomKeyStoreId');
    for (const name of propertyNames) {
      const { text, visibleMember, secretMember } = describeProperty(name);
      const found = shape(members[name]);
      if (!visibleMember || !secretMember) {
        expectSameText(text, found, name);
        continue;
      }
      expect(Object.keys(found.members).sort()).toEqual([visibleMember, secretMember.name].sort());
      expectSameText(text, shape(found.members[visibleMember]), visibleMember);
      expectSameText(secretMember.text, shape(found.members[secretMember.name]), secretMember.name);
    }
  });

  it.runIf(existsSync(modelPath))('reads each visible value from a member that DescribeCustomKeyStores has', () => {
    const { shape } = readModel();
    for (const name of propertyNames) {
      const path = describeProperty(name).shownAt ?? [];
      const end = path.reduce((at: string | undefined, key) => shape(at).members[key], 'CustomKeyStoresListEntry');
      expect(end, name).toBeTypeOf('string');
    }
  });

  it.runIf(existsSync(pagePath))('spells each option as the reference page does', () => {
    const page = readFileSync(pagePath, 'utf8');
    const offered = [...page.matchAll(/^\[--([a-z-]+) <value>\]$/gm)].map(([, option]) => option);
    const options = propertyNames.map(optionName);
    // The owner came to the API after the page was written.
    expect(options.filter((option) => !offered.includes(option))).toEqual(['xks-proxy-vpc-endpoint-service-owner']);
    expect(page).toContain('--custom-key-store-id <value>');
  });

  it('shows everything but a password', () => {
    expect(propertyNames.filter((name) => describeProperty(name).shownAt === undefined)).toEqual(['KeyStorePassword']);
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
