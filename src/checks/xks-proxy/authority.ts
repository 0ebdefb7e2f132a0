/** Whether KMS trusts the certificate authority of a proxy, by AWS's list. */
import { toPrintable } from '../../domain/printable.ts';
import type { ProxyCertificate } from '../../ports/xks-proxy.ts';
import { failed, type Note, passed, unknown, warned } from '../conclude.ts';
import { authorityLines, publishedOn, updatedOn } from './authority-list.ts';

interface Authority {
  readonly isIn: 'both' | '2022' | '2024';
  readonly sha256: string;
  readonly name: string;
}

const authorities: readonly Authority[] = authorityLines.trim().split('\n').map(readLine);

function readLine(line: string): Authority {
  const [isIn = '', sha256 = '', ...words] = line.split(' ');
  return { isIn: isIn as Authority['isIn'], sha256, name: words.join(' ') };
}

const list = `AWS's list of the CAs that KMS trusts (${publishedOn})`;
const remedy = '--ca-bundle FILE adds a CA';

/** KMS trusts a chain that ends at a listed CA, or has one in it that is listed. */
export function judgeAuthority({ chain, issuer, flaw }: Pick<ProxyCertificate, 'chain' | 'issuer' | 'flaw'>): Note {
  const listed = chain.flatMap(({ sha256 }) => authorities.find((one) => one.sha256 === sha256) ?? []);
  const name = toPrintable(issuer);
  const sure = listed.find(({ isIn }) => isIn === 'both');
  if (flaw === null && sure) return passed(`its CA is ${sure.name}, which is in ${list}`);
  if (flaw === null && chain.some(({ isAdded }) => isAdded))
    return warned(`its CA, ${name}, is trusted because --ca-bundle has it; it is not known whether KMS trusts it`);
  const [disputed] = listed;
  if (flaw === null && disputed)
    return unknown(
      `its CA is ${disputed.name}, and two versions of AWS's list (${publishedOn}, ${updatedOn}) differ on it; ${remedy}`,
    );
  if (authorities.some((one) => one.name === issuer))
    return unknown(
      `its CA is ${name}, a name that is in ${list}, but this machine cannot verify the certificate of that CA; ${remedy}`,
    );
  const isSelfSigned = flaw === 'selfSigned';
  const text = isSelfSigned ? 'its certificate is self-signed' : `its certificate is issued by ${name}`;
  return failed(`${text}, and ${list} does not have it; ${remedy}`);
}
