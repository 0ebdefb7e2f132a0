/** Amazon SNS: the notice as JSON, with attributes that subscriptions filter by. */
import { createHash } from 'node:crypto';
import type { Neighbourhood } from '../kms/neighbour.ts';
import type { Notice, Notices } from '../ports/notices.ts';
import { createAskTopic } from './clients.ts';

const filteredBy = ['type', 'runId', 'customKeyStoreId', 'storeName', 'account', 'region', 'outcome'] as const;

/** Source: the SNS API reference, Publish: printable ASCII, and at most so long. */
const subjectAtMost = 100;

export function createSnsNotices(neighbourhood: Neighbourhood, topicArn: string): Notices {
  const ask = createAskTopic(neighbourhood)(topicArn);
  return {
    name: `sns:${topicArn}`,
    async send(notice, signal) {
      const Message = JSON.stringify(notice);
      const order = topicArn.endsWith('.fifo')
        ? { MessageGroupId: notice.runId, MessageDeduplicationId: hash(Message) }
        : {};
      const message = {
        TopicArn: topicArn,
        Subject: tellSubject(notice),
        Message,
        MessageAttributes: readAttributes(notice),
      };
      const answer = await ask((client, options) => client.publish({ ...message, ...order }, options), signal);
      if (!answer.ok) throw new Error(answer.failure.message);
    },
  };
}

function tellSubject({ type, storeName, customKeyStoreId }: Notice): string {
  const subject = `cks: ${type} ${storeName ?? customKeyStoreId ?? ''}`.trim();
  return subject.replace(/[^ -~]/g, '?').slice(0, subjectAtMost);
}

function readAttributes(notice: Notice) {
  const told = filteredBy.flatMap((name) => (typeof notice[name] === 'string' ? [[name, notice[name]] as const] : []));
  return Object.fromEntries(told.map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]));
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
