import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FaultEffect, type SimulatorServer, serveSimulator } from '../../src/simulator/index.ts';
import { type Stage, setStage } from './stage.ts';

let stage: Stage;
let server: SimulatorServer;

beforeEach(async () => {
  stage = setStage();
  server = await serveSimulator(stage.simulator);
});

afterEach(() => server.close());

const signed = {
  authorization: 'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/us-east-1/kms/aws4_request, Signature=0',
};

function post(target: string, body: string, headers: Record<string, string> = signed): Promise<Response> {
  const common = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target };
  return fetch(server.url, { method: 'POST', body, headers: { ...common, ...headers } });
}

const kms = (operation: string, input: object) => post(`TrentService.${operation}`, JSON.stringify(input));

function openSocket(): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(server.port, '127.0.0.1', () => resolve(socket));
    socket.once('error', reject);
  });
}

describe('the Date of an answer', () => {
  const dateOf = ({ headers }: Response) => Date.parse(headers.get('date') ?? '');
  const minuteMs = 60_000;

  test('is that of the simulated clock from Secrets Manager', async () => {
    stage.simulator.addSecret({ Name: 'dated', SecretString: 'x' });
    for (const SecretId of ['dated', 'none']) {
      const response = await post('secretsmanager.DescribeSecret', JSON.stringify({ SecretId }));
      expect(Math.abs(dateOf(response) - stage.now())).toBeLessThan(minuteMs);
    }
  });

  test('is that of the machine from KMS, so that no SDK signs for real services by the simulated clock', async () => {
    expect(Math.abs(stage.now() - Date.now())).toBeGreaterThan(60 * minuteMs);
    const response = await kms('DescribeCustomKeyStores', {});
    expect(Math.abs(dateOf(response) - Date.now())).toBeLessThan(minuteMs);
  });
});

describe('the KMS endpoint', () => {
  test('answers JSON 1.1, with the request id of the record and dates in seconds', async () => {
    const id = stage.addExternal();
    const response = await kms('DescribeCustomKeyStores', {});

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/x-amz-json-1.1');
    expect(response.headers.get('x-amzn-requestid')).toBe(stage.simulator.calls[0]?.requestId);
    expect(stage.simulator.calls[0]?.caller).toBe('AKIDEXAMPLE');
    expect(await response.json()).toEqual({ CustomKeyStores: [stage.simulator.store(id)], Truncated: false });
    expect(stage.simulator.store(id).CreationDate).toBe(stage.now() / 1000);
  });

  test('answers an error with its type, message, status and request id', async () => {
    const response = await kms('ConnectCustomKeyStore', { CustomKeyStoreId: 'cks-none' });

    expect(response.status).toBe(400);
    expect(response.headers.get('x-amzn-requestid')).toBe(stage.simulator.calls[0]?.requestId);
    expect(await response.json()).toEqual({
      __type: 'CustomKeyStoreNotFoundException',
      message: 'Custom key store with ID cks-none does not exist',
    });
  });

  test('gives an ordered fault its own status', async () => {
    stage.simulator.failNext('DescribeCustomKeyStores', 'KMSInternalException');

    expect((await kms('DescribeCustomKeyStores', {})).status).toBe(500);
  });

  const describeTarget = 'TrentService.DescribeCustomKeyStores';
  test.each<[string, () => Promise<Response>, number, string]>([
    ['no signature', () => post(describeTarget, '{}', {}), 400, 'MissingAuthenticationTokenException'],
    [
      'a body that is no JSON',
      () => post(describeTarget, '{"KeyStorePassword": "p4ssw0rd'),
      400,
      'SerializationException',
    ],
    ['no body', () => post(describeTarget, ''), 400, 'SerializationException'],
    ['an unknown operation', () => post('TrentService.MakeTea', '{}'), 400, 'UnknownOperationException'],
    ['another service', () => post('DynamoDB_20120810.ListTables', '{}'), 400, 'UnknownOperationException'],
    ['another method', () => fetch(server.url, { headers: signed }), 400, 'UnknownOperationException'],
    ['a body over 1 MiB', () => post(describeTarget, ' '.repeat(1024 * 1024 + 1)), 413, 'RequestEntityTooLarge'],
  ])('refuses %s', async (_what, send, status, type) => {
    const response = await send();
    const body = await response.text();

    expect(response.status).toBe(status);
    expect(response.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
    expect(JSON.parse(body)).toMatchObject({ __type: type });
    expect(body).not.toContain('p4ssw0rd');
  });

  test('takes a body of 1 MiB', async () => {
    expect((await post(describeTarget, `{${' '.repeat(1024 * 1024 - 2)}}`)).status).toBe(200);
  });

  test('lets a reply get lost, after its effect, and stays up', async () => {
    const id = stage.addExternal();
    stage.simulator.failNext('ConnectCustomKeyStore', 'ConnectionReset', { afterEffect: true });

    await expect(kms('ConnectCustomKeyStore', { CustomKeyStoreId: id })).rejects.toThrow('fetch failed');
    expect(stage.simulator.store(id).ConnectionState).toBe('CONNECTING');
    expect((await kms('DescribeCustomKeyStores', {})).status).toBe(200);
  });

  const order = (effect: FaultEffect) =>
    stage.simulator.orderFault({ match: { operation: 'ConnectCustomKeyStore' }, effect });

  test('lets an answer come late, in real time, however fast the simulated one runs', async () => {
    const id = stage.addExternal();
    order({ kind: 'delay', delay: 120 });
    const startedAtMs = performance.now();
    const answer = kms('ConnectCustomKeyStore', { CustomKeyStoreId: id });
    await expect.poll(() => stage.simulator.store(id).ConnectionState).toBe('CONNECTING');

    expect((await answer).status).toBe(200);
    expect(performance.now() - startedAtMs).toBeGreaterThan(100);
  });

  test('leaves a caller without an answer until it goes, and the others served', async () => {
    const id = stage.addExternal();
    order({ kind: 'answer', fault: { name: 'NoAnswer' }, afterEffect: true });
    const caller = new AbortController();
    const headers = { ...signed, 'x-amz-target': 'TrentService.ConnectCustomKeyStore' };
    const body = JSON.stringify({ CustomKeyStoreId: id });
    const hung = fetch(server.url, { method: 'POST', body, headers, signal: caller.signal });
    await expect.poll(() => stage.simulator.calls.length).toBe(1);

    expect((await kms('DescribeCustomKeyStores', {})).status).toBe(200);
    caller.abort();
    await expect(hung).rejects.toThrow('aborted');
    expect(stage.simulator.store(id).ConnectionState).toBe('CONNECTING');
  });

  test('is not held up by late and missing answers when it closes', async () => {
    const operation = 'ConnectCustomKeyStore';
    order({ kind: 'answer', fault: { name: 'NoAnswer' }, afterEffect: false });
    stage.simulator.orderFault({ match: { operation, nth: 2 }, effect: { kind: 'delay', delay: 3_600_000 } });
    const lost = [1, 2].map(() => kms('ConnectCustomKeyStore', { CustomKeyStoreId: 'cks-none' }).catch(() => 'lost'));
    await expect.poll(() => stage.simulator.calls.length).toBe(2);
    await server.close();

    expect(await Promise.all(lost)).toEqual(['lost', 'lost']);
  });

  test('takes nesting without end for what it is, and keeps no record of it', async () => {
    const nested = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;

    expect((await post(describeTarget, nested)).status).toBe(200);
    expect((await post(describeTarget, JSON.stringify({ a: 'x'.repeat(100_000) }))).status).toBe(200);
    expect(JSON.stringify(stage.simulator.calls).length).toBeLessThan(1_000);
  });

  test('makes a KMSInternalException of a bug of its own, and stays up', async () => {
    const explode = (): never => {
      throw new TypeError('a bug');
    };
    const broken = setStage({ durations: { connect: { EXTERNAL_KEY_STORE: explode } } });
    const brokenServer = await serveSimulator(broken.simulator);
    const body = JSON.stringify({ CustomKeyStoreId: broken.addExternal() });
    const headers = { ...signed, 'x-amz-target': 'TrentService.ConnectCustomKeyStore' };

    const answers = [1, 2].map(() => fetch(brokenServer.url, { method: 'POST', body, headers }));
    for (const answer of await Promise.all(answers)) {
      expect(answer.status).toBe(500);
      expect(await answer.json()).toMatchObject({ __type: 'KMSInternalException' });
    }
    await brokenServer.close();
  });
});

describe('the STS endpoint', () => {
  const ask = (body: string, headers: Record<string, string> = signed) =>
    fetch(server.url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', ...headers },
    });

  test('tells the account', async () => {
    const response = await ask('Action=GetCallerIdentity&Version=2011-06-15');

    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/xml');
    expect(await response.text()).toContain('<Account>111122223333</Account>');
  });

  test('knows nothing else, and nobody without a signature', async () => {
    const assume = await ask('Action=AssumeRole');
    const anonymous = await ask('Action=GetCallerIdentity', {});

    expect([assume.status, anonymous.status]).toEqual([400, 403]);
    expect(await assume.text()).toContain('<Code>InvalidAction</Code>');
    expect(await anonymous.text()).toContain('<Code>MissingAuthenticationToken</Code>');
  });
});

describe('connections', () => {
  test('may be many and idle, and end at once when the server closes', async () => {
    const sockets: Socket[] = [];
    // More at once than the queue of new connections holds would wait for the kernel, not for us.
    for (let batch = 0; batch < 10; batch += 1) {
      sockets.push(...(await Promise.all(Array.from({ length: 200 }, openSocket))));
    }
    expect((await kms('DescribeCustomKeyStores', {})).status).toBe(200);

    const closed = sockets.map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())));
    for (const socket of sockets) socket.on('error', () => undefined).resume();
    await server.close();
    await Promise.all(closed);

    await expect(openSocket()).rejects.toThrow('ECONNREFUSED');
  });

  test('may break off in the middle of a request', async () => {
    const socket = await openSocket();
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"Cust');
    socket.destroy();

    expect((await kms('DescribeCustomKeyStores', {})).status).toBe(200);
  });

  test('may not drip a request for ever', async () => {
    const strict = await serveSimulator(stage.simulator, { requestTimeoutMs: 100 });
    const drip = async (text: string) => {
      const socket = connect(strict.port, '127.0.0.1').on('error', () => undefined);
      const dripping = setInterval(() => socket.write('x'), 20);
      let heard = '';
      socket.on('data', (data) => {
        heard += data;
      });
      socket.write(text);
      await new Promise((resolve) => socket.once('close', resolve));
      clearInterval(dripping);
      return heard;
    };

    expect(await drip('POST / HTTP/1.1\r\nhost: ')).toContain('408 Request Timeout');
    await drip('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n');
    expect((await fetch(strict.url, { headers: signed })).status).toBe(400);
    await strict.close();
  });

  test('may not send a body without end', async () => {
    const socket = await openSocket();
    const closed = new Promise((resolve) => socket.on('error', () => undefined).once('close', resolve));
    socket.resume();
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
    const chunk = `100000\r\n${'x'.repeat(0x100000)}\r\n`;
    for (let megabytes = 0; megabytes < 20 && !socket.destroyed; megabytes += 1) socket.write(chunk);
    await closed;

    expect((await kms('DescribeCustomKeyStores', {})).status).toBe(200);
  });

  test('may speak something else', async () => {
    const socket = await openSocket();
    const answer = new Promise((resolve) => socket.once('data', (data) => resolve(data.toString())));
    socket.write('\x16\x03\x01 this is no HTTP\r\n\r\n');

    expect(await answer).toContain('400 Bad Request');
    expect((await kms('DescribeCustomKeyStores', {})).status).toBe(200);
  });

  test('are served on the port that was asked for, or not at all', async () => {
    await expect(serveSimulator(stage.simulator, { port: server.port })).rejects.toThrow('EADDRINUSE');
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
  });
});
