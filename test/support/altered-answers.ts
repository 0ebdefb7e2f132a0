/** A server in front of a simulator that gives other answers to some operations: those that no simulator of AWS would give. */
import { createServer } from 'node:http';
import { type Listening, listen } from './servers.ts';

type Answers = Readonly<Record<string, (answer: Readonly<Record<string, unknown>>) => unknown>>;

/** `answers`: by operation, what becomes of the answer of the simulator. The caller closes it. */
export function serveAltered(url: string, answers: Answers): Promise<Listening> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { host: _, connection: __, ...others } = request.headers;
    const headers = Object.entries(others).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, `${value}`]],
    );
    const sent = {
      method: request.method ?? 'POST',
      headers: headers as [string, string][],
      body: Buffer.concat(chunks),
    };
    const answer = await fetch(url + request.url, sent.method === 'GET' ? { ...sent, body: null } : sent);
    const text = await answer.text();
    const [, operation = ''] = `${request.headers['x-amz-target']}`.split('.');
    const alter = answer.ok ? answers[operation.replace(/^.*\./, '')] : undefined;
    const body = alter ? JSON.stringify(alter(JSON.parse(text))) : text;
    response.writeHead(
      answer.status,
      Object.fromEntries([...answer.headers].filter(([name]) => /^x-|type/.test(name))),
    );
    response.end(body);
  });
  return listen(server);
}
