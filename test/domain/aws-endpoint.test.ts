import { describe, expect, it } from 'vitest';
import { isAwsKmsEndpoint } from '../../src/domain/aws-endpoint.ts';

describe('an endpoint of KMS', () => {
  it.each([
    'https://kms.us-east-1.amazonaws.com',
    'https://kms.us-gov-west-1.amazonaws.com/',
    'https://kms-fips.us-east-1.amazonaws.com:443',
    'https://kms.eu-central-1.api.aws',
    'https://kms.cn-north-1.amazonaws.com.cn',
    'https://kms.eusc-de-east-1.amazonaws.eu',
    'https://kms.us-iso-east-1.c2s.ic.gov',
    'https://vpce-0a1b2c3d4e5f60718-ab12cd34.kms.us-east-1.vpce.amazonaws.com',
    'https://vpce-0a1b2c3d4e5f60718-ab12cd34-us-east-1a.kms.us-east-1.vpce.amazonaws.com',
  ])('is of AWS: %s', (endpoint) => expect(isAwsKmsEndpoint(endpoint)).toBe(true));

  it.each([
    'http://kms.us-east-1.amazonaws.com',
    'https://kms.us-east-1.amazonaws.com:8443',
    'https://kms.us-east-1.amazonaws.com.example.com',
    'https://kms.us-east-1.amazonaws.com@example.com',
    'https://kms-us-east-1-amazonaws.com',
    'https://bucket.s3.us-east-1.amazonaws.com',
    'https://vpce-0a1b-2c3d.vpce-svc-0a1b2c3d.us-east-1.vpce.amazonaws.com',
    'https://abcdef.execute-api.us-east-1.amazonaws.com',
    'https://kms.example.amazonaws.com',
    'kms.us-east-1.amazonaws.com',
    '',
  ])('is not of AWS: %s', (endpoint) => expect(isAwsKmsEndpoint(endpoint)).toBe(false));
});
