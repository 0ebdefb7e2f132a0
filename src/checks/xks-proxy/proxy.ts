/** Whether the proxy that a plan leads to answers as KMS wants it: its name, its certificate, its health. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../ports/clock.ts';
import type { ProxyGreeting, XksProxy } from '../../ports/xks-proxy.ts';
import { conclude, type Note, unknown, unseen } from '../conclude.ts';
import type { BuiltInCheck } from '../rights.ts';
import { judgeGreeting } from './certificate.ts';
import { type AskHealth, tryControls } from './controls.ts';
import { judgeHealth } from './health.ts';
import { isObstacle, readReply } from './obstacles.ts';
import { describeApart, type FindSources, isOnePlace, isOpen, noCredential, type Sources } from './sources.ts';

export function createProxyCheck(proxy: XksProxy, findSources: FindSources, clock: Pick<Clock, 'now'>): BuiltInCheck {
  return {
    name: 'xks-proxy',
    checksRollback: true,
    async run(store, plan, signal) {
      const sources = await findSources(store, plan);
      if (sources === null) return null;
      const greeting = await greet(proxy, sources, signal);
      const met = judgeGreeting(greeting, clock.now());
      const readout = mayAsk(greeting, met) ? await listen(proxy, sources, signal) : [];
      const { status, message, details, isUndecided } = conclude([...readout, ...met, ...judgePlace(proxy, sources)]);
      // KMS has used settings that stay as they are: that this machine cannot ask about them is no risk to accept.
      const isOld = !sources.moves && !sources.rotates;
      return {
        status: status === 'unknown' && isOld ? 'warned' : status,
        message: `${sources.next.endpoint}: ${message}`,
        ...(details ? { details } : {}),
        ...(isUndecided || (status === 'unknown' && isOld) ? { isUndecided: true as const } : {}),
      };
    },
  };
}

/** What a private name resolves to here says nothing of what KMS finds through the VPC endpoint service. */
async function greet(proxy: XksProxy, { next }: Sources, signal: AbortSignal): Promise<ProxyGreeting> {
  const greeting = await proxy.greet(next.endpoint, signal, next.side);
  const isOfName = greeting.kind === 'failed' && greeting.trouble === 'ipv6Only';
  return isOfName && !next.isPublic ? { ...greeting, trouble: 'noName' } : greeting;
}

/** Not a proxy that KMS would not ask, nor one to which this machine would send nothing. */
function mayAsk(greeting: ProxyGreeting, met: readonly Note[]): boolean {
  const isVerified = greeting.kind === 'met' && (greeting.certificate?.flaw ?? null) === null;
  return isVerified && !met.some(({ status }) => status === 'failed');
}

/** The one that answered here may be the old one, or one at a port that KMS does not use. */
function judgePlace(proxy: XksProxy, sources: Sources): readonly Note[] {
  const { endpoint, side } = sources.next;
  const [host, port] = proxy.locate(endpoint, side).split(/:(?=\d+$)/);
  const isOtherPort = host === new URL(endpoint).hostname && port !== '443';
  const both = 'the old and the new settings lead to one address from here, so the old proxy may have answered';
  return [
    ...(sources.moves && isOnePlace(proxy, sources) ? [unseen(`${both}; ${describeApart}`)] : []),
    ...(isOtherPort ? [unseen(`it was asked on port ${port}, and KMS uses port 443 only`)] : []),
  ];
}

async function listen(proxy: XksProxy, sources: Sources, signal: AbortSignal): Promise<readonly Note[]> {
  const { next } = sources;
  if (!isOpen(next)) return [unknown(noCredential)];
  const askHealth: AskHealth = ({ endpoint, path, side, credential }, method = 'POST') => {
    const body = { requestMetadata: { kmsRequestId: randomUUID(), kmsOperation: 'KmsHealthCheck' } };
    return proxy.ask({ endpoint, path, side, resource: 'health', method, credential, body }, signal);
  };
  const readout = readReply(await askHealth(next));
  if (isObstacle(readout)) return [readout];
  return [...judgeHealth(readout), ...(await tryControls(sources, next, askHealth))];
}
