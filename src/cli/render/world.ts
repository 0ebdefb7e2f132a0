/** What a person needs to use a simulator: where it is, what stands in it, and how to point `cks` and `aws` at it. */
import type { WorldSummary } from '../../simulator/index.ts';
import { columnsOf } from './lines.ts';

export interface ShownWorld {
  readonly url: string;
  readonly timeScale: number;
  readonly world: WorldSummary;
  /** The file with the trust anchor of each cluster, in their order. */
  readonly certificates: readonly string[];
}

export function renderWorld({ url, timeScale, world, certificates }: ShownWorld): string {
  const { region, accountId, clusters, stores } = world;
  const lines = [
    `KMS simulator on ${url}`,
    ...columnsOf([
      ['Region', region],
      ['account', accountId],
      ['time', timeScale === 1 ? 'as fast as ours' : `${timeScale} times as fast as ours`],
    ]),
    '',
    'CloudHSM clusters',
    ...clusters.flatMap(({ clusterId, kmsuserPassword, restoredFrom }, at) => [
      `  ${clusterId}${restoredFrom ? `, restored from ${restoredFrom}` : ''}`,
      ...columnsOf(
        [
          ['kmsuser password', kmsuserPassword],
          ['trust anchor', certificates[at] ?? ''],
        ],
        '    ',
      ),
    ]),
    '',
    'Stores',
    ...(stores.length === 0
      ? ['  none yet; make one with aws kms create-custom-key-store, or begin with --stores']
      : columnsOf(
          stores.map((store) => [`${store.CustomKeyStoreName}`, `${store.CustomKeyStoreId}  ${store.ConnectionState}`]),
        )),
    '',
    'In another terminal',
    '  export AWS_ACCESS_KEY_ID=rehearsal AWS_SECRET_ACCESS_KEY=rehearsal',
    `  export AWS_REGION=${region} AWS_ENDPOINT_URL_KMS=${url}`,
    '  cks describe',
    '  aws kms describe-custom-key-stores',
    '',
    'Ctrl-C ends it.',
  ];
  return `${lines.join('\n')}\n`;
}
