/** What KMS would say of the certificate that a proxy shows. */
import { toPrintable } from '../../domain/printable.ts';
import type { ProxyCertificate, ProxyGreeting } from '../../ports/xks-proxy.ts';
import { failed, type Note, unknown, warned } from '../conclude.ts';
import { explainTrouble } from './obstacles.ts';

const dayMs = 86_400_000;

/** AWS advises an alarm from here on. Source: developer guide, monitoring external key stores. */
const leastDays = 10;

export function judgeGreeting(greeting: ProxyGreeting, nowMs: number): readonly Note[] {
  if (greeting.kind === 'failed') return [explainTrouble(greeting)];
  if (greeting.certificate === null)
    return [warned('it is reached over plain HTTP, so its certificate was not looked at')];
  return [judgeCertificate(greeting.certificate, nowMs)];
}

function judgeCertificate({ flaw, names, expiresAtMs }: ProxyCertificate, nowMs: number): Note {
  const day = new Date(expiresAtMs).toISOString().slice(0, 10);
  const shown = names.map((name) => toPrintable(name)).join(', ');
  switch (flaw) {
    case 'expired':
      return failed(`its certificate expired on ${day}`);
    case 'notYetValid':
      return failed('its certificate is not valid yet');
    case 'wrongName':
      return failed(`its certificate is for ${shown || 'nobody'}, not for the endpoint`);
    case 'selfSigned':
      return failed('its certificate is signed by itself');
    case 'stranger': {
      const text =
        'its certificate is signed by nobody whom this machine knows (NODE_EXTRA_CA_CERTS adds one); KMS has a list of its own';
      return unknown(text);
    }
    case null: {
      const days = Math.floor((expiresAtMs - nowMs) / dayMs);
      return {
        status: days < leastDays ? 'warned' : 'passed',
        text: `its certificate ends in ${days} days, on ${day}`,
      };
    }
  }
}
