/** The operations behind the long names: what goes in and comes out, as the API model of KMS 2014-11-01 has it. */
import {
  customKeyStoreId,
  describeProperty,
  type OptionOf,
  optionName,
  type PropertyName,
  propertyNames,
} from '../../domain/properties.ts';
import type { Json } from './json.ts';

export type Operation =
  | 'UpdateCustomKeyStore'
  | 'DescribeCustomKeyStores'
  | 'ConnectCustomKeyStore'
  | 'DisconnectCustomKeyStore';

/** `structure`: the proxy credential. */
export type InputType = 'string' | 'integer' | 'structure';

type InputName = PropertyName | 'CustomKeyStoreId' | 'CustomKeyStoreName' | 'Limit' | 'Marker';

export interface InputMember {
  readonly name: InputName;
  readonly type: InputType;
  /** What stands for it in a skeleton. */
  readonly sample: Json;
  readonly help: string;
}

const text = (name: InputName, help: string, sample = ''): InputMember => ({ name, type: 'string', sample, help });
const id = text('CustomKeyStoreId', customKeyStoreId.help);

const inputs: Readonly<Record<Operation, readonly InputMember[]>> = {
  UpdateCustomKeyStore: [id, ...propertyNames.map(describeInput)],
  DescribeCustomKeyStores: [
    text('CustomKeyStoreId', 'Only the store with this id.'),
    text('CustomKeyStoreName', 'Only the store with this name.'),
    { name: 'Limit', type: 'integer', sample: 0, help: 'One page, of at most this many stores.' },
    text('Marker', 'One page, from the NextMarker of an earlier one.'),
  ],
  ConnectCustomKeyStore: [id],
  DisconnectCustomKeyStore: [id],
};

function describeInput(name: PropertyName): InputMember {
  const { text: rule, help, visibleMember, secretMember } = describeProperty(name);
  if (visibleMember === undefined || secretMember === undefined) return text(name, help, rule.oneOf?.[0]);
  return { name, type: 'structure', sample: { [visibleMember]: '', [secretMember.name]: '' }, help };
}

export function inputsOf(operation: Operation): readonly InputMember[] {
  return inputs[operation];
}

/** The option of an input, which is spelled as the API spells it but in lower case, with dashes. */
export function optionOf({ name }: Pick<InputMember, 'name'>): OptionOf<InputName> {
  return optionName(name);
}

/** A store in the answer to a Describe, in the order in which the AWS CLI shows its members. */
export const entryMembers = [
  'CustomKeyStoreId',
  'CustomKeyStoreName',
  'CloudHsmClusterId',
  'TrustAnchorCertificate',
  'ConnectionState',
  'ConnectionErrorCode',
  'CreationDate',
  'CustomKeyStoreType',
  'XksProxyConfiguration',
] as const;

export const proxyMembers = [
  'Connectivity',
  'AccessKeyId',
  'UriEndpoint',
  'UriPath',
  'VpcEndpointServiceName',
  'VpcEndpointServiceOwner',
] as const;
