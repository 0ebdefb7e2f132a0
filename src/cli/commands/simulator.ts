/** `cks simulator`: a KMS to rehearse against, until Ctrl-C. */
import { createScaledClock, createSimulator, serveSimulator } from '../../simulator/index.ts';
import type { Options } from '../arguments.ts';
import { NoAnswerError } from '../errors.ts';
import type { Io } from '../io.ts';

export async function simulator(io: Io, options: Options): Promise<number> {
  const { port, timeScale, region } = options as { port: number; timeScale: number; region: string };
  const kms = createSimulator({
    now: createScaledClock(timeScale),
    region,
    lenientPatterns: options.lenientPatterns === true,
    seed: Date.now(),
  });
  const server = await serveSimulator(kms, { port }).catch((error: NodeJS.ErrnoException) => {
    throw new NoAnswerError({
      code: error.code ?? 'NOT_STARTED',
      message: `the simulator cannot listen on port ${port} (${error.code ?? error.message})`,
      remedy: 'Name another port with --port, or 0 for any that is free.',
    });
  });
  io.stdout.write(`${describeWorld(server.url, kms.describeWorld(), timeScale)}\n`);
  await new Promise<void>((resolve) => {
    io.onStop(resolve);
  });
  await server.close();
  return 0;
}

type WorldSummary = ReturnType<ReturnType<typeof createSimulator>['describeWorld']>;

function describeWorld(url: string, world: WorldSummary, timeScale: number): string {
  return `A KMS simulator listens on ${url} (${world.region}, account ${world.accountId}, time x${timeScale}).
It has no store yet. Any XKS proxy that nobody described is healthy and takes any credential.

CloudHSM clusters:
${world.clusters.map(describeCluster).join('\n')}

In another terminal:
  export AWS_ACCESS_KEY_ID=rehearsal AWS_SECRET_ACCESS_KEY=rehearsal AWS_REGION=${world.region}
  export AWS_ENDPOINT_URL_KMS=${url}
  cks describe
  aws kms describe-custom-key-stores --endpoint-url ${url}

Ctrl-C ends it.`;
}

function describeCluster({
  clusterId,
  restoredFrom,
  kmsuserPassword,
  trustAnchorCertificate,
}: WorldSummary['clusters'][number]): string {
  const words = [clusterId, `kmsuser password ${kmsuserPassword}`];
  // A cluster from a backup has the trust anchor of its source, which is printed there.
  if (restoredFrom) return `  ${[...words, `restored from ${restoredFrom}`].join('  ')}`;
  return `  ${words.join('  ')}  trust anchor:\n${trustAnchorCertificate.trimEnd()}`;
}
