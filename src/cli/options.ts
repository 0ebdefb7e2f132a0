/** Every option of the command, described once; help and parsing follow from it. The property options come from THE table. */
import { risks } from '../domain/policy.ts';
import {
  customKeyStoreId,
  describeProperty,
  optionName,
  type PropertyName,
  propertyNames,
} from '../domain/properties.ts';
import { awsInput, awsLookOutput, awsOutput, awsPages, awsWait, reachRows } from './aws/options.ts';

export interface OptionRow {
  readonly name: string;
  /** What stands for the value in help; absent: the option takes none. */
  readonly value?: string;
  readonly help: string;
  readonly repeatable?: true;
}

export interface OptionGroup {
  readonly heading: string;
  readonly rows: readonly OptionRow[];
}

/** Old values that KMS does not show: what a rollback can put back. */
export const previousOptions = {
  XksProxyAuthenticationCredential: 'previous-xks-proxy-authentication-credential',
  KeyStorePassword: 'previous-key-store-password',
} as const satisfies Partial<Record<PropertyName, string>>;

const store: OptionGroup = {
  heading: 'Store:',
  rows: [{ name: 'custom-key-store-id', value: '<id>', help: `${customKeyStoreId.help} The same as STORE.` }],
};

const credentialInForce: OptionRow = {
  name: previousOptions.XksProxyAuthenticationCredential,
  value: '<value>',
  help: 'The credential in force now. With it the checks can ask the proxy, and a rollback can put it back; KMS never shows its secret.',
};

const newValues = propertyNames.map((name) => ({ name: optionName(name), value: '<value>', help: helpOf(name) }));

const properties: OptionGroup = {
  heading: 'New values, as in UpdateCustomKeyStore:',
  rows: [
    ...newValues,
    {
      name: 'xks-proxy-configuration-file',
      value: '<file>',
      help: 'The JSON file of an external key manager, with path and credential; options override it.',
    },
    credentialInForce,
    {
      name: previousOptions.KeyStorePassword,
      value: '<value>',
      help: 'The kmsuser password that KMS was told last, for a store that is not CONNECTED: it can then be put back.',
    },
  ],
};

const corrections: OptionGroup = { heading: 'Values in the place of those that were wrong:', rows: newValues };

function helpOf(name: PropertyName): string {
  const { help, secret, visibleMember, secretMember } = describeProperty(name);
  const source = 'env:NAME, file:PATH, stdin, prompt or secretsmanager:ARN keeps the secret off the command line.';
  if (secretMember) return `${help} ${visibleMember}=ID,${secretMember.name}=SECRET, or JSON. ${source}`;
  return secret ? `${help} ${source}` : help;
}

const way: OptionGroup = {
  heading: 'Way:',
  rows: [
    {
      name: 'path',
      value: '<way>',
      help: 'auto: live where KMS may take it, else offline. live: never offline. offline: no live attempt. (default: auto)',
    },
    {
      name: 'final-state',
      value: '<state>',
      help: 'restore: the connection state it was found in. connected or disconnected: that one. (default: restore)',
    },
    {
      name: 'rehearse',
      help: 'First have KMS connect a throw-away external key store with the new settings, and delete it again: about 10 minutes, no outage.',
    },
    {
      name: 'hold-offline',
      help: 'Wait once the store is DISCONNECTED, for what only you can do then: set the password of kmsuser.',
    },
  ],
};

const failing: OptionGroup = {
  heading: 'When something fails:',
  rows: [
    {
      name: 'on-failure',
      value: '<way>',
      help: 'rollback: put the old settings back. hold: wait for you to mend it. ask: hold on a terminal, else rollback. (default: ask)',
    },
  ],
};

const journal: OptionGroup = {
  heading: 'Journal:',
  rows: [
    { name: 'state-dir', value: '<folder>', help: 'Where journals are kept; else CKS_STATE_DIR or the usual place.' },
    { name: 'no-journal', help: 'Keep none: a run that is killed cannot be resumed then.' },
  ],
};

const deadlines: OptionGroup = {
  heading: 'Deadlines:',
  rows: [
    { name: 'disconnect-deadline', value: '<time>', help: 'How long to wait for DISCONNECTED. (default: 15m)' },
    {
      name: 'connect-deadline',
      value: '<time>',
      help: 'How long to wait for CONNECTED. (default: 35m for CloudHSM, 15m for an external key store)',
    },
  ],
};

const consent: OptionGroup = {
  heading: 'Consent:',
  rows: [
    { name: 'yes', help: 'Go ahead without being asked. It accepts no risk.' },
    {
      name: 'accept',
      value: '<risk,...>',
      help: `Accept a risk by name: ${Object.keys(risks).join(', ')}, unknown:CHECK. May be repeated.`,
      repeatable: true,
    },
    { name: 'skip-check', value: '<check>', help: 'Leave a check out. May be repeated.', repeatable: true },
  ],
};

const checks: OptionGroup = {
  heading: 'Checks:',
  rows: [
    {
      name: 'xks-proxy-connect-to',
      value: '<endpoint=address>',
      help: 'Where a proxy is reached from here, such as https://proxy.example.com=127.0.0.1:8443; the certificate is still judged for the endpoint. An address that begins with http:// is spoken to without TLS. May be repeated.',
      repeatable: true,
    },
  ],
};

/** Where no new value is given that would bring one. */
const checksInForce: OptionGroup = { ...checks, rows: [credentialInForce, ...checks.rows] };

const canaryKey: OptionRow = {
  name: 'canary-key',
  value: '<key>',
  help: 'A KMS key to prove: id, ARN or alias, all or none. May be repeated. (default: three that say the most)',
  repeatable: true,
};

const proof: OptionGroup = {
  heading: 'Proof:',
  rows: [
    canaryKey,
    { name: 'require-proof', help: 'Refuse what cannot be proven; exit 8 where it then is not.' },
    {
      name: 'proof-dwell',
      value: '<time>',
      help: 'How long keys are tried again after a live change, until all of KMS uses it. (default: 5m)',
    },
  ],
};

const connection: OptionGroup = {
  heading: 'AWS:',
  rows: [
    { name: 'region', value: '<region>', help: 'AWS Region; else the environment or the profile decides.' },
    { name: 'profile', value: '<name>', help: 'Profile of the AWS configuration.' },
    { name: 'endpoint-url', value: '<url>', help: 'Another endpoint for KMS, such as that of cks simulator.' },
    ...reachRows,
  ],
};

const account: OptionGroup = {
  heading: 'AWS:',
  rows: [
    { name: 'expect-account', value: '<id>', help: 'Refuse where the credentials are not those of this account.' },
  ],
};

const output: OptionGroup = {
  heading: 'Output:',
  rows: [
    { name: 'output', value: '<format>', help: 'text or json. (default: text on a terminal, else json)' },
    { name: 'result-file', value: '<file>', help: 'Write the JSON result to a file as well.' },
  ],
};

const telling: OptionGroup = {
  heading: 'Progress and log:',
  rows: [
    {
      name: 'progress',
      value: '<format>',
      help: 'text, json (a line an event) or none, on standard error. (default: text)',
    },
    { name: 'log-level', value: '<level>', help: 'trace, debug, info, warn, error or silent. (default: no log)' },
    { name: 'log-file', value: '<file>', help: 'Where the log goes. (default: standard error)' },
  ],
};

/** A command that only looks asks for no go-ahead and has no progress. */
const without = ({ heading, rows }: OptionGroup, name: string): OptionGroup => ({
  heading,
  rows: rows.filter((row) => row.name !== name),
});

const only = ({ heading, rows }: OptionGroup, name: string): OptionGroup => ({
  heading,
  rows: rows.filter((row) => row.name === name),
});

const stateFolder = without(journal, 'no-journal');

const skipping = only(consent, 'skip-check');

/** The Region is the run's own. */
const sameRegion = without(connection, 'region');

/** What a long name has beside what it takes in and puts out. */
const behindLongNames = [consent, checks, proof, deadlines, journal, connection, account, telling];

export const optionGroups = {
  update: [
    store,
    properties,
    way,
    failing,
    consent,
    checks,
    proof,
    deadlines,
    journal,
    connection,
    account,
    output,
    telling,
  ],
  plan: [
    store,
    properties,
    way,
    failing,
    without(consent, 'yes'),
    checks,
    proof,
    deadlines,
    {
      heading: 'Plan:',
      rows: [
        { name: 'out', value: '<file>', help: 'Save the plan for cks apply; it holds no secret and accepts no risk.' },
        { name: 'detailed-exitcode', help: 'Exit with 20 where an update would change something.' },
      ],
    },
    journal,
    connection,
    account,
    output,
    without(telling, 'progress'),
  ],
  check: [store, properties, way, without(consent, 'yes'), checks, journal, connection, account, output, telling],
  doctor: [store, skipping, checksInForce, stateFolder, connection, output, without(telling, 'progress')],
  describe: [store, connection, output, without(telling, 'progress')],
  reconnect: [store, failing, consent, checksInForce, proof, deadlines, journal, connection, account, output, telling],
  resume: [corrections, consent, checks, stateFolder, sameRegion, output, telling],
  rollback: [consent, checks, stateFolder, sameRegion, output, telling],
  runs: [
    {
      heading: 'Runs:',
      rows: [
        {
          name: 'prune',
          value: '<time>',
          help: 'Remove journals that are older, such as 720h; never one of an unfinished run whose store may be offline.',
        },
      ],
    },
    {
      heading: 'Report of one run, for a change ticket:',
      rows: [
        { name: 'html', value: '<file>', help: 'Write it as one page that needs nothing else.' },
        { name: 'markdown', value: '[file]', help: 'Write it in Markdown. (default: standard output)' },
        { name: 'json', help: 'Print it as JSON.' },
      ],
    },
    stateFolder,
    output,
  ],
  apply: [without(consent, 'skip-check'), checks, journal, sameRegion, output, telling],
  'canary create': [
    store,
    {
      heading: 'Proof:',
      rows: [{ ...canaryKey, help: 'A KMS key: id, ARN or alias. May be repeated. (default: all)' }],
    },
    stateFolder,
    connection,
    output,
    without(telling, 'progress'),
  ],
  'canary check': [store, stateFolder, connection, output, without(telling, 'progress')],
  completion: [],
  'iam-policy': [
    {
      heading: 'Policy:',
      rows: [
        { name: 'type', value: '<type>', help: 'AWS_CLOUDHSM or EXTERNAL_KEY_STORE. (default: both)' },
        {
          name: 'without',
          value: '<check>',
          help: 'A check to do without, or proof. May be repeated.',
          repeatable: true,
        },
        { name: 'rehearse', help: 'With what --rehearse needs.' },
        { name: 'read-only', help: 'For commands that only look.' },
        { name: 'account', value: '<id>', help: 'Where the keys are. (default: any account)' },
        { name: 'region', value: '<region>', help: 'Where the keys are. (default: any Region)' },
        {
          name: 'secret',
          value: '<arn>',
          help: 'A secret in Secrets Manager that is referred to. May be repeated.',
          repeatable: true,
        },
      ],
    },
  ],
  'update-custom-key-store': [store, properties, awsInput, awsOutput, way, failing, ...behindLongNames],
  'describe-custom-key-stores': [awsPages, awsInput, awsLookOutput, connection, without(telling, 'progress')],
  'connect-custom-key-store': [store, awsWait, awsInput, awsOutput, failing, ...behindLongNames],
  'disconnect-custom-key-store': [store, awsWait, awsInput, awsOutput, failing, ...behindLongNames],
  simulator: [
    {
      heading: 'Simulator:',
      rows: [
        { name: 'list', help: 'List the scenarios that come with it.' },
        { name: 'scenario', value: '<name>', help: 'Begin with one of them, or with a file of your own.' },
        { name: 'port', value: '<port>', help: 'Where to listen on 127.0.0.1; 0 is any free port. (default: 8080)' },
        {
          name: 'xks-proxy-port',
          value: '<port>',
          help: 'Serve the external key store proxies too, over HTTP; 0 is any free port.',
        },
        { name: 'xks-proxy-tls', help: 'Serve them over HTTPS, with a certificate that nobody vouches for.' },
        {
          name: 'xks-proxy-map',
          value: '<endpoint=url>',
          help: 'Ask the real proxy that listens at this URL for an endpoint. May be repeated.',
          repeatable: true,
        },
        { name: 'time-scale', value: '<n>', help: 'Let connects and disconnects run n times as fast. (default: 1)' },
        { name: 'stores', help: 'Begin with two connected stores, prod-hsm and prod-xks.' },
        {
          name: 'lenient-patterns',
          help: "Leave out the patterns of the API model, which two of AWS's examples break.",
        },
        { name: 'region', value: '<region>', help: 'The Region it plays. (default: us-east-1)' },
      ],
    },
  ],
  demo: [
    {
      heading: 'Demo:',
      rows: [{ name: 'time-scale', value: '<n>', help: 'How many times as fast as KMS it runs. (default: 100)' }],
    },
  ],
} as const satisfies Record<string, readonly OptionGroup[]>;

export type CommandName = keyof typeof optionGroups;

/** Whether standard output is that of `aws kms`. */
export function isLongName(command: string | undefined): boolean {
  return command !== undefined && /-custom-key-stores?$/.test(command) && command in optionGroups;
}

/** Long flags of a command, with the dashes. */
export function flagsOf(command: CommandName): readonly string[] {
  return optionGroups[command].flatMap((group) => group.rows.map(({ name }) => `--${name}`));
}
