/** EventBridge, SNS and a webhook, over HTTP, as the adapters speak to them. */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { text } from 'node:stream/consumers';
import { beforeEach, describe, expect, it } from 'vitest';
import { createClient } from '../../../src/aws/kms/client.ts';
import type { Notification } from '../../../src/ports/notifications.ts';
import { createEventBridgeTarget } from '../../../src/progress/notifications/event-bridge.ts';
import { createSnsTarget } from '../../../src/progress/notifications/sns.ts';
import { createWebhookTarget } from '../../../src/progress/notifications/webhook.ts';
import { listen, serveInTest } from '../../support/servers.ts';
import { serveStalls } from '../../support/stalled-servers.ts';

const notification: Notification = {
  type: 'run.finished',
  at: '2026-01-01T00:00:00.000Z',
  runId: 'run-1',
  customKeyStoreId: 'cks-1234567890abcdef0',
  storeName: 'Schlüssel',
  account: '111122223333',
  region: 'eu-central-1',
  step: 'verifyKeys',
  outcome: 'updated',
};
const never = new AbortController().signal;

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly path: string;
  readonly body: string;
}

type Reply = { readonly status?: number; readonly body?: string; readonly headers?: Record<string, string> };

let url: string;
let received: Received[];
let replies: Reply[];

beforeEach(async () => {
  received = [];
  replies = [];
  url = await serveInTest(async (request, response) => {
    received.push({ headers: request.headers, path: request.url ?? '', body: await text(request) });
    const { status = 200, body = '', headers = {} } = replies.shift() ?? {};
    response.writeHead(status, headers).end(body);
  });
});

function neighbourhood() {
  const client = createClient({ region: 'eu-central-1', endpoint: url });
  return { current: () => client, endpoint: url };
}

describe('EventBridge', () => {
  const json = (body: object): Reply => ({
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/x-amz-json-1.1' },
  });

  it('gets an event with the type as its detail-type', async () => {
    replies.push(json({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] }));

    await createEventBridgeTarget(neighbourhood(), 'ops').send(notification, never);

    expect(received[0]?.headers['x-amz-target']).toBe('AWSEvents.PutEvents');
    const { Entries } = JSON.parse(received[0]?.body ?? '') as { Entries: Record<string, string>[] };
    expect(Entries).toEqual([
      {
        EventBusName: 'ops',
        Source: 'cks-safe-update',
        DetailType: 'run.finished',
        Detail: JSON.stringify(notification),
        Time: Date.UTC(2026, 0, 1) / 1_000,
      },
    ]);
  });

  it('is asked in the Region of the ARN of a bus', async () => {
    replies.push(json({ FailedEntryCount: 0, Entries: [{ EventId: 'e' }] }));

    await createEventBridgeTarget(neighbourhood(), 'arn:aws:events:us-west-2:111122223333:event-bus/ops').send(
      notification,
      never,
    );

    expect(received[0]?.headers.authorization).toContain('/us-west-2/events/');
  });

  it('EventBridge that did not take the event is said so', async () => {
    replies.push(json({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'NotAuthorized', ErrorMessage: 'not for you' }] }));

    await expect(createEventBridgeTarget(neighbourhood(), 'ops').send(notification, never)).rejects.toThrow(
      'not for you',
    );
  });
});

describe('SNS', () => {
  const topic = 'arn:aws:sns:eu-west-1:111122223333:ops';
  const taken: Reply = {
    body: '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>',
    headers: { 'content-type': 'text/xml' },
  };
  const fields = () => Object.fromEntries(new URLSearchParams(received[0]?.body));

  it('gets the notice, a subject for mail, and attributes to filter by', async () => {
    replies.push(taken);

    await createSnsTarget(neighbourhood(), topic).send(notification, never);

    const sent = fields();
    expect(sent).toMatchObject({
      Action: 'Publish',
      TopicArn: topic,
      Subject: 'cks: run.finished Schl?ssel',
      Message: JSON.stringify(notification),
    });
    const values = Object.entries(sent).filter(([name]) => name.endsWith('.Value.StringValue'));
    expect(values.map(([, value]) => value).sort()).toEqual(
      ['111122223333', 'Schlüssel', 'cks-1234567890abcdef0', 'eu-central-1', 'run-1', 'run.finished', 'updated'].sort(),
    );
    expect(received[0]?.headers.authorization).toContain('/eu-west-1/sns/');
    expect(sent.MessageGroupId).toBeUndefined();
  });

  it('keeps the order of a run where the topic keeps one', async () => {
    replies.push(taken);

    await createSnsTarget(neighbourhood(), `${topic}.fifo`).send(notification, never);

    expect(fields()).toMatchObject({
      MessageGroupId: 'run-1',
      MessageDeduplicationId: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('SNS that refuses is quoted', async () => {
    replies.push({
      status: 403,
      body: '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>not for you</Message></Error></ErrorResponse>',
      headers: { 'content-type': 'text/xml' },
    });

    await expect(createSnsTarget(neighbourhood(), topic).send(notification, never)).rejects.toThrow('not for you');
  });
});

describe('a webhook', () => {
  const canary = 'CANARY-of-a-signing-secret';
  const open = (findSecret?: () => Promise<string>) =>
    createWebhookTarget({
      url: new URL(`${url}/hooks/TOKEN?key=TOKEN`),
      pauseMs: 0,
      ...(findSecret ? { findSecret } : {}),
    });

  it('gets the notice as JSON, unsigned without a secret', async () => {
    await open().send(notification, never);

    const { headers, path, body } = received[0] as Received;
    expect([path, JSON.parse(body)]).toEqual(['/hooks/TOKEN?key=TOKEN', notification]);
    expect(headers['content-type']).toBe('application/json');
    expect(headers['x-cks-signature']).toBeUndefined();
  });

  it('can tell by the signature whom it is from', async () => {
    await open(async () => canary).send(notification, never);

    const { headers, body } = received[0] as Received;
    expect(headers['x-cks-signature']).toBe(`sha256=${createHmac('sha256', canary).update(body).digest('hex')}`);
    expect(JSON.stringify(received)).not.toContain(canary);
  });

  it('a webhook that is busy is asked once more', async () => {
    replies.push({ status: 503 });

    await open().send(notification, never);

    expect(received).toHaveLength(2);
  });

  it.each([
    ['refuses', [{ status: 403 }], 1, 'it answered 403'],
    ['leads elsewhere', [{ status: 302, headers: { location: 'http://127.0.0.1:1/' } }], 1, 'it answered 302'],
    ['stays busy', [{ status: 500 }, { status: 429 }], 2, 'it answered 429'],
  ])('that %s is said so, without its token', async (_, answers: Reply[], times, problem) => {
    replies.push(...answers);
    const webhook = open();

    await expect(webhook.send(notification, never)).rejects.toThrow(problem);

    expect(received).toHaveLength(times);
    expect(webhook.name).toBe(new URL(url).host);
  });

  it('a webhook that never answers is given up at the limit of each attempt', async () => {
    const stalled = await serveStalls('before its headers');
    try {
      const webhook = createWebhookTarget({ url: new URL(stalled.url), pauseMs: 0, limitMs: 300 });

      await expect(webhook.send(notification, never)).rejects.toThrow('it did not answer (TimeoutError)');
      expect(stalled.requests()).toBe(2);
    } finally {
      await stalled.close();
    }
  });

  it('a webhook that is not there is said so', async () => {
    const gone = await listen(createServer());
    await gone.close();
    url = gone.url;

    await expect(open().send(notification, never)).rejects.toThrow('it did not answer (ECONNREFUSED)');
  });
});
