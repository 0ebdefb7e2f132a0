import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { judgeAuthority } from '../../src/checks/xks-proxy/authority.ts';
import { authorityLines } from '../../src/checks/xks-proxy/authority-list.ts';

const roots = rootCertificates.map((pem) => new X509Certificate(pem));
const fingerprintOf = (root: X509Certificate) => root.fingerprint256.replaceAll(':', '');
const findRoot = (name: string) => {
  const root = roots.find(({ subject }) => subject.split('\n').includes(`CN=${name}`));
  if (root === undefined) throw new Error(`Node.js has no root ${name}`);
  return { sha256: fingerprintOf(root), isAdded: false };
};
const leaf = { sha256: '0'.repeat(64), isAdded: false };
const list = "AWS's list of the CAs that KMS trusts (2022-11-10)";

describe('the CA of a proxy', () => {
  it('is trusted where its certificate is in both versions of the list of AWS', () => {
    const chain = [leaf, findRoot('Amazon Root CA 1')];
    expect(judgeAuthority({ chain, issuer: 'Amazon Root CA 1', flaw: null })).toEqual({
      status: 'passed',
      text: `its CA is Amazon Root CA 1, which is in ${list}`,
    });
  });

  it('is trusted where a listed CA has signed a newer one, whose root is not listed', () => {
    const chain = [leaf, findRoot('Amazon Root CA 1'), { sha256: 'F'.repeat(64), isAdded: false }];
    expect(judgeAuthority({ chain, issuer: 'A New Root', flaw: null })).toMatchObject({ status: 'passed' });
  });

  it('is not known to be trusted where the two versions of the list differ', () => {
    const chain = [leaf, findRoot('ISRG Root X2')];
    expect(judgeAuthority({ chain, issuer: 'ISRG Root X2', flaw: null })).toEqual({
      status: 'unknown',
      text: "its CA is ISRG Root X2, and two versions of AWS's list (2022-11-10, 2024-06-15) differ on it; --ca-bundle FILE adds a CA",
    });
  });

  it('is not known to be trusted where only its name is in the list', () => {
    expect(judgeAuthority({ chain: [leaf], issuer: 'ACCVRAIZ1', flaw: 'unverified' })).toEqual({
      status: 'unknown',
      text: `its CA is ACCVRAIZ1, a name that is in ${list}, but this machine cannot verify the certificate of that CA; --ca-bundle FILE adds a CA`,
    });
  });

  it('is not trusted where it is absent from the list, although this machine trusts it', () => {
    const chain = [leaf, { sha256: 'F'.repeat(64), isAdded: false }];
    expect(judgeAuthority({ chain, issuer: 'A New Root', flaw: null })).toEqual({
      status: 'failed',
      text: `its certificate is issued by A New Root, and ${list} does not have it; --ca-bundle FILE adds a CA`,
    });
  });

  it('is not trusted by a listed certificate that this machine could not verify', () => {
    const chain = [leaf, findRoot('Amazon Root CA 1')];
    expect(judgeAuthority({ chain, issuer: 'Somebody', flaw: 'unverified' })).toMatchObject({ status: 'failed' });
  });
});

describe('the list of AWS', () => {
  it('has a fingerprint and a name in each line, once', () => {
    const lines = authorityLines.trim().split('\n');
    expect(lines).toHaveLength(164);
    for (const line of lines) expect(line).toMatch(/^(both|2022|2024) [0-9A-F]{64} \S/);
    expect(new Set(lines.map((line) => line.slice(5, 69))).size).toBe(164);
  });

  it('is one of whole certificates, most of which Node.js has', () => {
    expect(roots.filter((root) => authorityLines.includes(fingerprintOf(root))).length).toBeGreaterThan(100);
  });
});
