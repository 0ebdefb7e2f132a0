/**
 * The control endpoint of a running simulator: under /_simulator, in plain JSON, unsigned. It shows the record of calls and
 * the world, changes the world, orders faults and moves time. No secret is in its answers.
 */
import type { ScaledClock } from './clock.ts';
import { findMistakes } from './scenarios/check.ts';
import { readDurationMs } from './scenarios/duration-text.ts';
import { type Change, changeSchema, timeSchema } from './scenarios/format.ts';
import type { JsonSchema, Of } from './scenarios/json-schema.ts';
import { ScenarioError } from './scenarios/scenario-error.ts';
import { applyChange } from './scenarios/stage.ts';
import type { Simulator } from './simulator.ts';

export interface ControlRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string | undefined;
}

export interface ControlAnswer {
  readonly statusCode: number;
  readonly output: object;
}

interface Stage {
  readonly simulator: Simulator;
  readonly clock: ScaledClock | undefined;
}

interface Route {
  readonly says: string;
  readonly answer: (stage: Stage, body: string | undefined) => object;
}

const prefix = '/_simulator';

class Refusal extends Error {
  readonly statusCode: number;
  constructor(statusCode: number, message: string) {
    super(message);
    this.statusCode = statusCode;
  }
}

const routes: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  '': {
    GET: { says: 'this list', answer: () => ({ routes: describeRoutes() }) },
  },
  '/calls': {
    GET: { says: 'every call so far, in order', answer: ({ simulator }) => ({ calls: simulator.calls }) },
  },
  '/world': {
    GET: { says: 'what stands in the world', answer: ({ simulator }) => showWorld(simulator) },
    POST: {
      says: 'adds or alters clusters, proxies, vpcEndpointServices, stores, secrets, staleReads, quotas, faults, externalActors, traffic',
      answer({ simulator }, body) {
        applyChange(simulator, readBody<Change>(changeSchema, body));
        return showWorld(simulator);
      },
    },
  },
  '/faults': {
    GET: { says: 'the faults that may still strike', answer: ({ simulator }) => ({ faults: simulator.faults }) },
    DELETE: {
      says: 'takes back all faults and external actors',
      answer({ simulator }) {
        simulator.clearFaults();
        return { faults: simulator.faults };
      },
    },
  },
  '/time': {
    POST: {
      says: 'lets time pass at once, {"advance": "10m"}, or at another pace, {"scale": 60}',
      answer: ({ clock }, body) => moveTime(clock, body),
    },
  },
};

export function isControlPath(url: string): boolean {
  return /^\/_simulator(?=[/?]|$)/.test(url);
}

export function answerControl(
  simulator: Simulator,
  clock: ScaledClock | undefined,
  request: ControlRequest,
): ControlAnswer {
  try {
    const route = findRoute(request);
    return { statusCode: 200, output: route.answer({ simulator, clock }, request.body) };
  } catch (error) {
    if (error instanceof Refusal) return { statusCode: error.statusCode, output: { error: error.message } };
    if (error instanceof ScenarioError) return { statusCode: 400, output: { error: error.message } };
    return { statusCode: 500, output: { error: 'a bug of the simulator' } };
  }
}

function findRoute({ method, url }: ControlRequest): Route {
  const path = url.replace(/\?.*$/s, '').slice(prefix.length).replace(/\/$/, '');
  const methods = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (!methods) throw new Refusal(404, `there is no such path; there are ${Object.keys(describeRoutes()).join(', ')}`);
  const route = Object.hasOwn(methods, method) ? methods[method] : undefined;
  if (!route) throw new Refusal(405, `${prefix}${path} takes ${Object.keys(methods).join(' and ')}`);
  return route;
}

function describeRoutes(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(routes).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { says }]) => [`${method} ${prefix}${path}`, says]),
    ),
  );
}

function showWorld(simulator: Simulator): object {
  const { clusters, ...world } = simulator.describeWorld();
  const liveChanges = world.stores.map(({ CustomKeyStoreId }) => ({
    CustomKeyStoreId,
    hostsEffectiveAt: simulator.hostsEffectiveAtMs(CustomKeyStoreId).map((atMs) => new Date(atMs).toISOString()),
  }));
  return {
    ...world,
    clusters: clusters.map(({ kmsuserPassword: _, ...cluster }) => cluster),
    liveChanges: liveChanges.filter(({ hostsEffectiveAt }) => hostsEffectiveAt.length > 0),
  };
}

function moveTime(clock: ScaledClock | undefined, body: string | undefined): object {
  const { advance, scale } = readBody(timeSchema, body);
  if (!clock) throw new Refusal(409, 'the clock of this simulator is not its own to move');
  if (scale !== undefined) clock.scale = scale;
  if (advance !== undefined) clock.advance(readDurationMs(advance));
  return { now: new Date(clock()).toISOString(), scale: clock.scale };
}

/** Messages never repeat what was sent: it may be a secret. */
function readBody<T>(schema: Of<T> & JsonSchema, body: string | undefined): T {
  if (body === undefined) throw new Refusal(413, 'the body is larger than 1 MiB');
  const value = parse(body);
  const [mistake] = findMistakes(schema, value);
  if (mistake) throw new ScenarioError(mistake.path, mistake.message);
  return value as T;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new Refusal(400, 'the body is not JSON');
  }
}
