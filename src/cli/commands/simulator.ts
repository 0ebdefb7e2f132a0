/** `cks simulator`: a KMS to rehearse against, until Ctrl-C. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { otherExitCodes } from '../../domain/outcome.ts';
import {
  createScaledClock,
  createSimulator,
  type Simulator,
  type SimulatorServer,
  serveSimulator,
} from '../../simulator/index.ts';
import { isGiven, readNumber, readText } from '../given.ts';
import type { Io } from '../io.ts';
import type { CommandArguments } from '../order.ts';
import { renderError } from '../render/reason.ts';
import { renderWorld } from '../render/world.ts';

export async function run(io: Io, { given }: CommandArguments): Promise<number> {
  const port = readNumber(given, 'port', 0, 65_535) ?? 8080;
  const timeScale = readNumber(given, 'time-scale', 0.01, 1_000_000) ?? 1;
  const region = readText(given, 'region');
  const simulator = createSimulator({
    now: createScaledClock(timeScale),
    seed: Date.now(),
    lenientPatterns: isGiven(given, 'lenient-patterns'),
    ...(region === undefined ? {} : { region }),
  });
  if (isGiven(given, 'stores')) addStores(simulator);

  const server = await listen(io, simulator, port);
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
    io.stdout.write(renderWorld({ url: server.url, timeScale, world, certificates }));
    await stopped;
  } finally {
    rmSync(directory, { recursive: true, force: true });
    await server.close();
  }
  return 0;
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
async function listen(io: Io, simulator: Simulator, port: number): Promise<SimulatorServer | undefined> {
  try {
    return await serveSimulator(simulator, { port });
  } catch (error) {
    const { code = 'UNKNOWN' } = error as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? 'it is in use' : code;
    const message = `the simulator cannot listen on port ${port}: ${why}`;
    io.stderr.write(
      renderError({ code, message, remedy: 'Name another one with --port, or 0 for any that is free.' }, io.stderr),
    );
    return undefined;
  }
}
