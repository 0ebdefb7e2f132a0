/** Amazon SNS: the notice as JSON, with attributes that subscriptions filter by. */
import { createHash } from 'node:crypto';
import type { Neighbourhood } from '../../aws/service-client.ts';
import type { Notification, NotificationTarget } from '../../ports/notifications.ts';
import { createAskTopic } from './clients.ts';

const filteredBy = ['type', 'runId', 'customKeyStoreId', 'storeName', 'account', 'region', 'outcome'] as const;

/** Source: the SNS API reference, Publish: printable ASCII, and at most so long. */
const subjectAtMost = 100;

export function createSnsTarget(neighbourhood: Neighbourhood, topicArn: string): NotificationTarget {
  const ask = createAskTopic(neighbourhood)(topicArn);
  return {
    name: `sns:${topicArn}`,
    async send(notification, signal) {
      const Message = JSON.stringify(notification);
      const request = topicArn.endsWith('.fifo')
        ? { MessageGroupId: notification.runId, MessageDeduplicationId: hash(Message) }
        : {};
      const message = {
        TopicArn: topicArn,
        Subject: describeSubject(notification),
        Message,
        MessageAttributes: readAttributes(notification),
      };
      const answer = await ask((client, options) => client.publish({ ...message, ...request }, options), signal);
      if (!answer.ok) throw new Error(answer.failure.message);
    },
  };
}

function describeSubject({ type, storeName, customKeyStoreId }: Notification): string {
  const subject = `cks: ${type} ${storeName ?? customKeyStoreId ?? ''}`.trim();
  return subject.replace(/[^ -~]/g, '?').slice(0, subjectAtMost);
}

function readAttributes(notification: Notification) {
  const told = filteredBy.flatMap((name) =>
    typeof notification[name] === 'string' ? [[name, notification[name]] as const] : [],
  );
  return Object.fromEntries(told.map(([name, StringValue]) => [name, { DataType: 'String', StringValue }]));
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
