/** Questions beside the one that must succeed: what must be refused, and the credential that must still be taken. */
import { randomBytes } from 'node:crypto';
import type { ProxyReply, ProxyRequest } from '../../ports/xks-proxy.ts';
import { type Note, passed, warned } from '../conclude.ts';
import { isObstacle, readReply } from './obstacles.ts';
import { isOpen, type OpenSource, type Source, type Sources } from './sources.ts';

export type AskHealth = (source: OpenSource, method?: ProxyRequest['method']) => Promise<ProxyReply>;

export async function tryControls(
  { now, rotates }: Sources,
  next: OpenSource,
  askHealth: AskHealth,
): Promise<readonly Note[]> {
  const wrong = { ...next.credential, RawSecretAccessKey: randomBytes(33).toString('base64') };
  const notes = await Promise.all([
    askHealth({ ...next, credential: wrong }).then(judgeWrongSecret),
    askHealth(next, 'GET').then(judgeGet),
    rotates ? tryOld(now, askHealth) : [],
  ]);
  return notes.flat();
}

function judgeWrongSecret(reply: ProxyReply): Note {
  if (reply.kind === 'answered' && reply.status === 401) return passed('it refuses a wrong secret');
  const readout = readReply(reply);
  if (isObstacle(readout)) return warned(`whether it refuses a wrong secret is not clear: ${readout.text}`);
  return warned('it accepts a wrong secret too: anyone who can reach it can use the keys');
}

function judgeGet(reply: ProxyReply): readonly Note[] {
  const isTaken = reply.kind === 'answered' && reply.status >= 200 && reply.status < 300;
  return isTaken ? [warned('it answers GET, where the XKS proxy API has only POST')] : [];
}

/** Some KMS hosts sign with the old one for up to five minutes. Source: developer guide, update-xks-keystore. */
async function tryOld(now: Source, askHealth: AskHealth): Promise<readonly Note[]> {
  if (!isOpen(now)) return [];
  const readout = readReply(await askHealth(now));
  if (!isObstacle(readout)) return [passed('it still accepts the old credential')];
  const text = `with the old credential, which KMS may use for five minutes more: ${readout.text}`;
  return [warned(text)];
}
