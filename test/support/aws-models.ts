/** AWS's own API models, of which `test/fixtures/aws-models` holds what this project needs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ModelShape {
  readonly type: string;
  readonly members?: Readonly<Record<string, string>>;
  readonly member?: string;
  readonly value?: string;
  readonly required?: readonly string[];
  readonly enum?: readonly string[];
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: string;
  readonly sensitive?: boolean;
  /** An error that is the service's own fault. */
  readonly fault?: boolean;
}

export interface AwsModel {
  readonly operations: Readonly<
    Record<string, { readonly input: string; readonly output: string; readonly errors: readonly string[] }>
  >;
  readonly shapes: Readonly<Record<string, ModelShape>>;
}

const folder = join(import.meta.dirname, '../fixtures/aws-models');

export const readAwsModel = (name: 'kms' | 'cloudhsmv2' | 'cloudtrail' | 'secretsmanager'): AwsModel =>
  JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));

/** Of `aws kms update-custom-key-store`: a line for each option. */
export const readSynopsis = (): string => readFileSync(join(folder, 'update-custom-key-store.txt'), 'utf8');
