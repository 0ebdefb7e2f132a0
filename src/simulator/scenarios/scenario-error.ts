/** What is wrong with a scenario, or a change of a world, and where. */
import { type Path, writePath } from './check.ts';

export class ScenarioError extends RangeError {
  override readonly name = 'ScenarioError';
  readonly path: Path;
  /** There is no such scenario. */
  readonly isUnknown: boolean;

  /** `place`: file, line and column, where they are known. */
  constructor(path: Path, what: string, place = '', isUnknown = false) {
    super([place, writePath(path), what].filter((part) => part !== '').join(': '));
    this.path = path;
    this.isUnknown = isUnknown;
  }
}
