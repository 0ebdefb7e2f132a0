/** What is wrong with a scenario, and where. */
import { type Path, writePath } from './check.ts';

export class ScenarioError extends Error {
  override readonly name = 'ScenarioError';
  readonly path: Path;

  /** `place`: file, line and column, where they are known. */
  constructor(path: Path, what: string, place = '') {
    super([place, writePath(path), what].filter((part) => part !== '').join(': '));
    this.path = path;
  }
}
