/** Environments side by side in one process: what runs within one finds it at `process.env`, the AWS SDK too. */
import { AsyncLocalStorage } from 'node:async_hooks';

const environments = new AsyncLocalStorage<NodeJS.ProcessEnv>();
const ofProcess = process.env;
const current = () => environments.getStore() ?? ofProcess;

process.env = new Proxy(ofProcess, {
  get: (_, name) => Reflect.get(current(), name),
  set: (_, name, value) => Reflect.set(current(), name, value),
  has: (_, name) => Reflect.has(current(), name),
  deleteProperty: (_, name) => Reflect.deleteProperty(current(), name),
  ownKeys: () => Reflect.ownKeys(current()),
  getOwnPropertyDescriptor: (_, name) => Reflect.getOwnPropertyDescriptor(current(), name),
});

/** Everything that is begun by the work, however late it goes on, is within this environment. */
export function within<T>(environment: NodeJS.ProcessEnv, work: () => T): T {
  return environments.run(environment, work);
}
