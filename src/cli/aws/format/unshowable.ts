/** A value that has no form in an output format; the AWS CLI breaks off there with an error of Python's. */
import { InvalidInputError } from '../../../run/errors.ts';

export class UnshowableError extends InvalidInputError {
  constructor(format: 'text' | 'table') {
    super(`what --query finds cannot be shown as ${format}: it mixes structures with other values; use --output json`);
  }
}
