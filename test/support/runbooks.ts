/** Reads the runbooks of `examples`, and what stands in a CloudFormation template as it stands once it is deployed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';

export const folder = resolve(import.meta.dirname, '../../examples');

export const account = '111122223333';
export const region = 'us-east-1';

export type Node = Readonly<Record<string, unknown>>;

export function listRunbooks(): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

export function readRunbook(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

export interface Template {
  readonly Parameters: Readonly<Record<string, { readonly Default?: string; readonly AllowedPattern?: string }>>;
  readonly Globals: { readonly Function: Node };
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Node }>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

/** What `!Ref`, `!GetAtt` and `!Sub` lead to, by name; a name that leads nowhere is told to `find`. */
export function readTemplate(find: (name: string) => string): Template {
  const substitute = (text: string) => text.replace(/\$\{([\w:.]+)\}/g, (_, name: string) => find(name));
  const customTags = [
    { tag: '!Ref', resolve: find },
    { tag: '!GetAtt', resolve: find },
    { tag: '!Sub', resolve: substitute },
  ];
  return parse(readRunbook('aws/template.yaml'), { customTags }) as Template;
}

/** Every text below a value. */
export function textsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : [];
}
