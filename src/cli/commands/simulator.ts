/** `cks simulator`: a KMS to rehearse against, until Ctrl-C, empty or as a scenario has it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { otherExitCodes } from '../../domain/outcome.ts';
import { InvalidInputError } from '../../run/errors.ts';
import {
  createScaledClock,
  createSimulator,
  documentedRates,
  listScenarioNames,
  listScenarios,
  type OpenedScenario,
  openScenario,
  ScenarioError,
  type ServeOptions,
  type Simulator,
  type SimulatorOptions,
  type SimulatorServer,
  serveSimulator,
} from '../../simulator/index.ts';
import { isGiven, readNumber, readText } from '../given.ts';
import type { Io } from '../io.ts';
import type { CommandArguments } from '../order.ts';
import { renderError } from '../render/reason.ts';
import { renderScenarios, renderWorld } from '../render/world.ts';
import { suggest } from '../suggest.ts';

export async function run(io: Io, { given }: CommandArguments): Promise<number> {
  if (isGiven(given, 'list')) {
    io.stdout.write(renderScenarios(await listScenarios()));
    return 0;
  }
  const port = readNumber(given, 'port', 0, 65_535) ?? 8080;
  const timeScale = readNumber(given, 'time-scale', 0.01, 1_000_000) ?? 1;
  const region = readText(given, 'region');
  const clock = createScaledClock(timeScale);
  const options = {
    now: clock,
    lenientPatterns: isGiven(given, 'lenient-patterns'),
    ...(region === undefined ? {} : { region }),
  };
  const opened = await open(readText(given, 'scenario'));
  const simulator = start(opened, options);
  if (isGiven(given, 'stores')) addStores(simulator);

  const server = await listen(io, simulator, { port, clock });
  if (server === undefined) return otherExitCodes.no;
  const directory = mkdtempSync(join(tmpdir(), 'cks-simulator-'));
  const stopped = new Promise<void>((resolve) => io.onSignal(() => resolve()));
  try {
    const world = simulator.describeWorld();
    const certificates = world.clusters.map(({ clusterId, trustAnchorCertificate }) => {
      const file = join(directory, `${clusterId}.pem`);
      writeFileSync(file, trustAnchorCertificate);
      return file;
    });
    io.stdout.write(renderWorld({ url: server.url, timeScale, world, certificates, ...(opened ? { opened } : {}) }));
    await stopped;
  } finally {
    rmSync(directory, { recursive: true, force: true });
    await server.close();
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

/** Without a scenario every world is another one, in which KMS throttles as it does. */
function start(opened: OpenedScenario | undefined, options: SimulatorOptions): Simulator {
  if (!opened) return createSimulator({ seed: Date.now(), quotas: documentedRates, ...options });
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

/** Undefined where nobody can listen there; that is said on standard error. */
async function listen(
  io: Io,
  simulator: Simulator,
  options: ServeOptions & { port: number },
): Promise<SimulatorServer | undefined> {
  try {
    return await serveSimulator(simulator, options);
  } catch (error) {
    const { code = 'UNKNOWN' } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'it is in use' : code;
    const message = `the simulator cannot listen on port ${options.port}: ${why}`;
    io.stderr.write(
      renderError({ code, message, remedy: 'Name another one with --port, or 0 for any that is free.' }, io.stderr),
    );
    return undefined;
  }
}
