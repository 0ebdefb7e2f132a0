/** What KMS would say of the certificate that a proxy shows. */
import { toPrintable } from '../../domain/printable.ts';
import type { ProxyCertificate, ProxyGreeting } from '../../ports/xks-proxy.ts';
import { failed, type Note, unknown, warned } from '../conclude.ts';
import { judgeAuthority } from './authority.ts';
import { explainTrouble } from './obstacles.ts';

const dayMs = 86_400_000;

/** AWS advises an alarm from here on. Source: developer guide, monitoring external key stores. */
const leastDays = 10;

export function judgeGreeting(greeting: ProxyGreeting, nowMs: number): readonly Note[] {
  if (greeting.kind === 'failed') return [explainTrouble(greeting)];
  if (greeting.certificate === null)
    return [warned('it is reached over plain HTTP, so its certificate was not checked')];
  return judgeCertificate(greeting.certificate, nowMs);
}

/** Source: developer guide, create-xks-keystore: the common name must match the domain name of the endpoint. */
function judgeCertificate(certificate: ProxyCertificate, nowMs: number): readonly Note[] {
  const { flaw, names, commonNameFits, expiresAtMs } = certificate;
  const day = new Date(expiresAtMs).toISOString().slice(0, 10);
  const shown = names.map((name) => toPrintable(name)).join(', ');
  if (flaw === 'expired') return [failed(`its certificate expired on ${day}`)];
  if (flaw === 'notYetValid') return [failed('its certificate is not valid yet')];
  if (flaw === 'wrongName') return [failed(`its certificate is for ${shown || 'no name'}, not for the endpoint`)];
  const days = Math.floor((expiresAtMs - nowMs) / dayMs);
  const lasting = `its certificate ends in ${days} days, on ${day}`;
  return [
    judgeAuthority(certificate),
    ...(commonNameFits ? [] : [unknown(uncommon)]),
    { status: days < leastDays ? 'warned' : 'passed', text: lasting },
  ];
}

const uncommon =
  'its certificate names the endpoint as an alternative name (SAN) alone; KMS documents that the common name (CN) must match';
