/** `cks simulator`: a KMS to rehearse against, until Ctrl-C, empty or as a scenario has it. */
import { randomInt } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockFolder } from '../../disk/journal/folders.ts';
import { forgetLogins } from '../../disk/locks/logins.ts';
import { otherExitCodes } from '../../domain/outcome.ts';
import { InvalidInputError } from '../../run/errors.ts';
import {
  type Certificate,
  createScaledClock,
  createSelfSigned,
  createSimulator,
  documentedRates,
  listScenarioNames,
  listScenarios,
  type OpenedScenario,
  openScenario,
  ScenarioError,
  type Simulator,
  type SimulatorOptions,
  serveSimulator,
  serveXksProxy,
  type XksProxyServer,
} from '../../simulator/index.ts';
import type { CommandArguments } from '../input/request.ts';
import { hasFlag, type OptionValues, readNumber, readText, rejectValue } from '../options/option-values.ts';
import { readProxyMap } from '../options/proxy-map.ts';
import { suggest } from '../options/suggest.ts';
import { renderError } from '../output/render/reason.ts';
import { awsCliConfig, renderScenarios, renderWorld } from '../output/render/world.ts';
import type { Io } from '../terminal/io.ts';

export async function run(io: Io, { optionValues }: CommandArguments): Promise<number> {
  if (hasFlag(optionValues, 'list')) {
    io.stdout.write(renderScenarios(await listScenarios()));
    return 0;
  }
  if (hasFlag(optionValues, 'stores') && optionValues.scenario !== undefined)
    throw new InvalidInputError('--stores: a scenario has its own stores; leave out --stores or --scenario');
  const port = readNumber(optionValues, 'port', 0, 65_535) ?? 8080;
  const timeScale = readNumber(optionValues, 'time-scale', 0.01, 1_000_000) ?? 1;
  const seed = readSeed(optionValues);
  const region = readText(optionValues, 'region');
  const mapped = readProxyMap(optionValues, 'xks-proxy-map');
  const clock = createScaledClock(timeScale);
  const options = {
    now: clock,
    lenientPatterns: hasFlag(optionValues, 'lenient-patterns'),
    ...(region === undefined ? {} : { region }),
    ...(seed === undefined ? { idSeed: randomInt(2 ** 32) } : { seed }),
  };
  const opened = await open(readText(optionValues, 'scenario'));
  const simulator = start(opened, options);
  if (hasFlag(optionValues, 'stores')) addStores(simulator);
  for (const { endpoint, address } of mapped) simulator.proxy(endpoint).address = address;

  const server = await listen(io, port, 'port', () => serveSimulator(simulator, { port, clock }));
  if (server === undefined) return otherExitCodes.no;
  await forgetLogins(lockFolder(), server.port);
  const tls = hasFlag(optionValues, 'xks-proxy-tls')
    ? createSelfSigned({ hosts: listProxyHosts(simulator) })
    : undefined;
  const proxyPort = readNumber(optionValues, 'xks-proxy-port', 0, 65_535) ?? (tls && 0);
  const proxy = await serveProxy(io, simulator, proxyPort, tls);
  if (proxyPort !== undefined && proxy === undefined) {
    await server.close();
    return otherExitCodes.no;
  }
  const directory = mkdtempSync(join(tmpdir(), 'cks-simulator-'));
  const stopped = new Promise<void>((resolve) => io.onSignal(() => resolve()));
  try {
    const world = simulator.describeWorld();
    const certificates = world.clusters.map(({ clusterId, trustAnchorCertificate }) => {
      const file = join(directory, `${clusterId}.pem`);
      writeFileSync(file, trustAnchorCertificate, { mode: 0o600 });
      return file;
    });
    const awsConfig = join(directory, 'aws-config');
    writeFileSync(awsConfig, awsCliConfig, { mode: 0o600 });
    const certificate = join(directory, 'xks-proxy.pem');
    if (tls) writeFileSync(certificate, tls.cert, { mode: 0o600 });
    io.stdout.write(
      renderWorld({
        url: server.url,
        timeScale,
        world,
        certificates,
        awsConfig,
        ...(opened ? { opened } : {}),
        ...(proxy ? { proxy: { url: proxy.url, ...(tls ? { certificate } : {}) } } : {}),
      }),
    );
    await stopped;
  } finally {
    rmSync(directory, { recursive: true, force: true });
    await Promise.all([server.close(), proxy?.close()]);
  }
  return 0;
}

async function open(nameOrFile: string | undefined): Promise<OpenedScenario | undefined> {
  if (nameOrFile === undefined) return undefined;
  try {
    return await openScenario(nameOrFile);
  } catch (error) {
    const near = suggest(nameOrFile, await listScenarioNames());
    throw explain(error, near ? `; did you mean ${near}?` : '; cks simulator --list names them');
  }
}

/** Undefined: this start has ids that no other has, and what happens in a scenario is as its file says. */
function readSeed(optionValues: OptionValues): number | undefined {
  const seed = readNumber(optionValues, 'seed', 0, 2 ** 32 - 1);
  if (seed !== undefined && !Number.isInteger(seed)) throw rejectValue('seed', `${seed}`, 'a whole number');
  return seed;
}

/** Without a scenario KMS throttles as it does. */
function start(opened: OpenedScenario | undefined, options: SimulatorOptions): Simulator {
  if (!opened) return createSimulator({ seed: randomInt(2 ** 32), quotas: documentedRates, ...options });
  try {
    return opened.start(options);
  } catch (error) {
    throw explain(error);
  }
}

/** `hint`: for a name that leads nowhere; what is wrong in a file says so itself. */
function explain(error: unknown, hint = ''): unknown {
  if (!(error instanceof ScenarioError)) return error;
  return new InvalidInputError(`--scenario: ${error.message}${error.isUnknown ? hint : ''}`);
}

function addStores(simulator: Simulator): void {
  simulator.addStore({ CustomKeyStoreName: 'prod-hsm', ConnectionState: 'CONNECTED' });
  simulator.addStore({
    CustomKeyStoreName: 'prod-xks',
    CustomKeyStoreType: 'EXTERNAL_KEY_STORE',
    ConnectionState: 'CONNECTED',
  });
}

/** Undefined if it was not requested, or cannot listen there. */
async function serveProxy(
  io: Io,
  simulator: Simulator,
  port: number | undefined,
  tls: Certificate | undefined,
): Promise<XksProxyServer | undefined> {
  if (port === undefined) return undefined;
  return listen(io, port, 'xks-proxy-port', () => serveXksProxy(simulator, { port, ...(tls ? { tls } : {}) }));
}

/** The names under which the proxies of the world are known, and this machine's own. */
function listProxyHosts(simulator: Simulator): readonly string[] {
  const { proxies, stores } = simulator.describeWorld();
  const endpoints = [
    ...proxies.map(({ endpoint }) => endpoint),
    ...stores.flatMap(({ XksProxyConfiguration }) => XksProxyConfiguration?.UriEndpoint ?? []),
  ];
  return ['localhost', '127.0.0.1', ...new Set(endpoints.map((endpoint) => new URL(endpoint).hostname))];
}

/** Undefined if it cannot listen there; standard error says so. */
async function listen<T>(io: Io, port: number, option: string, serve: () => Promise<T>): Promise<T | undefined> {
  try {
    return await serve();
  } catch (error) {
    const { code = 'UNKNOWN' } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'it is in use' : code;
    const message = `the simulator cannot listen on port ${port}: ${why}`;
    io.stderr.write(
      renderError(
        { code, message, remedy: `Name another one with --${option}, or 0 for any that is free.` },
        io.stderr,
      ),
    );
    return undefined;
  }
}
