/** What a person needs to use a simulator: where it is, what stands in it, and how to point `cks` and `aws` at it. */
import type { OpenedScenario, WorldSummary } from '../../../simulator/index.ts';
import { columnsOf, wrap } from './lines.ts';

export interface ShownWorld {
  readonly url: string;
  readonly timeScale: number;
  readonly world: WorldSummary;
  /** The file with the trust anchor of each cluster, in their order. */
  readonly certificates: readonly string[];
  /** The file with the settings of the AWS CLI. */
  readonly awsConfig: string;
  readonly opened?: OpenedScenario;
  /** Where the external key store proxies are served, and the file with their certificate. */
  readonly proxy?: { readonly url: string; readonly certificate?: string };
}

/** The catalogue, a line each. */
export function renderScenarios(scenarios: readonly { readonly name: string; readonly summary: string }[]): string {
  const rows = scenarios.map(({ name, summary }) => [name, summary] as const);
  return `${columnsOf(rows).join('\n')}\n`;
}

export function renderWorld({ url, timeScale, world, certificates, awsConfig, opened, proxy }: ShownWorld): string {
  const { region, accountId, clusters, stores } = world;
  const lines = [
    `KMS simulator on ${url}`,
    ...(opened ? describeScenario(opened) : []),
    ...columnsOf([
      ['Region', region],
      ['account', accountId],
      ['speed', `${timeScale}x`],
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
      ? ['  none yet; create one as below, or start with --stores']
      : columnsOf(
          stores.map((store) => [`${store.CustomKeyStoreName}`, `${store.CustomKeyStoreId}  ${store.ConnectionState}`]),
        )),
    ...describeReal(world),
    ...(proxy ? describeProxy(proxy) : []),
    '',
    'In another terminal',
    '  export AWS_ACCESS_KEY_ID=rehearsal AWS_SECRET_ACCESS_KEY=rehearsal',
    `  export AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
    `  export AWS_ENDPOINT_URL_KMS=${url} AWS_CONFIG_FILE=${awsConfig}`,
    ...(opened?.scenario.expect ? describeTrial(opened.scenario.expect) : listFirstTry(stores.length)),
    '  cks describe',
    '  aws kms describe-custom-key-stores',
    `  curl ${url}/_simulator`,
    '',
    'Ctrl-C ends it.',
  ];
  return `${lines.join('\n')}\n`;
}

const listFirstTry = (storeCount: number) => (storeCount === 0 ? firstTry : []);

/** With either version of the AWS CLI. Version 1 knows the Region as AWS_DEFAULT_REGION alone. */
const firstTry: readonly string[] = [
  '  id=$(aws kms create-custom-key-store --custom-key-store-name first-xks \\',
  '    --custom-key-store-type EXTERNAL_KEY_STORE \\',
  '    --xks-proxy-connectivity PUBLIC_ENDPOINT \\',
  '    --xks-proxy-uri-endpoint https://xks.example.com \\',
  '    --xks-proxy-uri-path /kms/xks/v1 --xks-proxy-authentication-credential \\',
  '    AccessKeyId=AAAAAAAAAAAAAAAAAAAA,RawSecretAccessKey=a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2V5a2U= \\',
  '    --query CustomKeyStoreId --output text)',
  '  aws kms connect-custom-key-store --custom-key-store-id "$id"',
];

/** The AWS CLI 1 reads a parameter that begins with https:// from the web unless its configuration forbids it; the AWS CLI 2 never does. */
export const awsCliConfig = '[default]\ncli_follow_urlparam = false\n';

function describeReal({ proxies }: WorldSummary): string[] {
  const rows = proxies.flatMap(({ endpoint, address }) =>
    address === undefined ? [] : [[endpoint, address] as const],
  );
  return rows.length === 0 ? [] : ['', 'Real proxies', ...columnsOf(rows)];
}

function describeProxy({ url, certificate }: NonNullable<ShownWorld['proxy']>): string[] {
  const rows = [['url', url] as const, ...(certificate === undefined ? [] : [['certificate', certificate] as const])];
  return ['', 'External key store proxies, each by its Host header', ...columnsOf(rows)];
}

function describeScenario({ name, scenario: { summary, description } }: OpenedScenario): string[] {
  const text = description?.trim();
  return [wrap(`${name}: ${summary}`), ...(text ? [wrap(text, '  ')] : []), ''];
}

function describeTrial({
  command,
  environment = {},
  outcome,
}: NonNullable<OpenedScenario['scenario']['expect']>): string[] {
  return [
    ...Object.entries(environment).map(([name, value]) => `  export ${name}='${value.replaceAll("'", "'\\''")}'`),
    ...command
      .split(/ (?=--)/)
      .map((part, at, parts) => `  ${at > 0 ? '    ' : ''}${part}${at < parts.length - 1 ? ' \\' : ''}`),
    `  # should end: ${outcome}`,
  ];
}
