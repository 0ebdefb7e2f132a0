/** Whether the proxy that a plan leads to answers as KMS wants it: its name, its certificate, its health. */
import { randomUUID } from 'node:crypto';
import type { Check } from '../../ports/checks.ts';
import type { Clock } from '../../ports/clock.ts';
import type { XksProxy } from '../../ports/xks-proxy.ts';
import { conclude, type Note, unknown, unseen } from '../conclude.ts';
import { judgeGreeting } from './certificate.ts';
import { type AskHealth, tryControls } from './controls.ts';
import { judgeHealth } from './health.ts';
import { isObstacle, readReply } from './obstacles.ts';
import { describeApart, type FindSources, isOnePlace, isOpen, noCredential, type Sources } from './sources.ts';

export function createProxyCheck(proxy: XksProxy, findSources: FindSources, clock: Pick<Clock, 'now'>): Check {
  return {
    name: 'xks-proxy',
    checksRollback: true,
    async run(store, plan, signal) {
      const sources = await findSources(store, plan);
      if (sources === null) return null;
      const met = judgeGreeting(await proxy.greet(sources.next.endpoint, signal, sources.next.side), clock.now());
      const isStopped = met.some(({ status }) => status === 'failed' || status === 'unknown');
      const readout = isStopped ? [] : await listen(proxy, sources, signal);
      const { status, message, details, isUndecided } = conclude([...readout, ...met, ...judgePlace(proxy, sources)]);
      // KMS has used settings that stay as they are: that nobody here can ask about them is nothing to accept.
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

/** The one that answered here may be the old one. */
function judgePlace(proxy: XksProxy, sources: Sources): readonly Note[] {
  if (!sources.moves || !isOnePlace(proxy, sources)) return [];
  return [
    unseen(
      `the old and the new settings lead to one address from here, so the old proxy may have answered; ${describeApart}`,
    ),
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
