/**
 * Checks a request against the shapes as KMS does: null is absent, unknown members are dropped, all findings come in one
 * ValidationException. Never echoes a sensitive value.
 */
import { refuse, refuseValues } from './fault.ts';
import {
  type BlobShape,
  type Input,
  type IntegerShape,
  inputShapes,
  type ListShape,
  type MapShape,
  type OperationName,
  type Shape,
  type StringShape,
  type StructureShape,
} from './shapes.ts';

export interface ValidationRules {
  readonly lenientPatterns: boolean;
  /** Members that may be an empty string in spite of their shortest length. */
  readonly mayBeEmpty: readonly string[];
}

type Values = Record<string, unknown>;

/** The members of the input that the operation knows. @throws SimulatorFault ValidationException, SerializationException */
export function validateInput<O extends OperationName>(operation: O, input: unknown, rules: ValidationRules): Input<O> {
  const findings: string[] = [];
  const values = readStructure(inputShapes[operation], input ?? {}, '', rules, findings);
  if (findings.length > 0) {
    const count = findings.length === 1 ? '1 validation error' : `${findings.length} validation errors`;
    refuseValues(`${count} detected: ${findings.join('; ')}`);
  }
  return values as unknown as Input<O>;
}

function readStructure(
  shape: StructureShape,
  value: unknown,
  at: string,
  rules: ValidationRules,
  findings: string[],
): Values {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return misfit(value, at, 'a structure');
  const found: Values = {};
  for (const [member, memberShape] of Object.entries(shape.members)) {
    const path = at ? `${at}.${camelCase(member)}` : camelCase(member);
    const memberValue: unknown = Object.hasOwn(value, member) ? (value as Values)[member] : undefined;
    if (memberValue !== undefined && memberValue !== null) {
      found[member] = readValue(memberShape, memberValue, path, rules, findings);
    } else if (shape.required.includes(member)) {
      findings.push(`Value null at '${path}' failed to satisfy constraint: Member must not be null`);
    }
  }
  return found;
}

function readValue(shape: Shape, value: unknown, path: string, rules: ValidationRules, findings: string[]): unknown {
  switch (shape.type) {
    case 'structure':
      return readStructure(shape, value, path, rules, findings);
    case 'list':
      return readList(shape, value, path, rules, findings);
    case 'map':
      return readMap(shape, value, path, rules, findings);
    case 'blob':
      return readBlob(shape, value, path, findings);
    case 'integer':
      return readInteger(shape, value, path, findings);
    case 'timestamp':
      return typeof value === 'number' ? value : misfit(value, path, 'a Timestamp');
    case 'boolean':
      return typeof value === 'boolean' ? value : misfit(value, path, 'a Boolean');
    case 'string':
      return readString(shape, value, path, rules, findings);
  }
}

function readList(
  shape: ListShape,
  value: unknown,
  path: string,
  rules: ValidationRules,
  findings: string[],
): unknown[] {
  if (!Array.isArray(value)) return misfit(value, path, 'a list');
  findings.push(...brokenLengths(shape, value.length).map((rule) => finding(path, undefined, rule)));
  return value.map((item, at) => readValue(shape.member, item, `${path}.${at + 1}.member`, rules, findings));
}

function readMap(shape: MapShape, value: unknown, path: string, rules: ValidationRules, findings: string[]): Values {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return misfit(value, path, 'a Map');
  const entries = Object.entries(value);
  findings.push(...brokenLengths(shape, entries.length).map((rule) => finding(path, undefined, rule)));
  // A null in a map is no value that is absent.
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, readValue(shape.value, inner, `${path}.${key}.member`, rules, findings)]),
  );
}

function readBlob(shape: BlobShape, value: unknown, path: string, findings: string[]): string {
  if (typeof value !== 'string' || !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value)) {
    return misfit(value, path, 'a Blob');
  }
  const length = Buffer.byteLength(value, 'base64');
  findings.push(...brokenLengths(shape, length).map((rule) => finding(path, undefined, rule)));
  return value;
}

function readInteger(shape: IntegerShape, value: unknown, path: string, findings: string[]): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) return misfit(value, path, 'an Integer');
  if (value < shape.min) findings.push(finding(path, `${value}`, `have value greater than or equal to ${shape.min}`));
  if (value > shape.max) findings.push(finding(path, `${value}`, `have value less than or equal to ${shape.max}`));
  return value;
}

function readString(
  shape: StringShape,
  value: unknown,
  path: string,
  rules: ValidationRules,
  findings: string[],
): string {
  if (typeof value !== 'string') return misfit(value, path, 'a String');
  if (value === '' && rules.mayBeEmpty.includes(path)) return value;
  const shown = shape.sensitive ? undefined : value;
  findings.push(...brokenRules(shape, value, rules.lenientPatterns).map((rule) => finding(path, shown, rule)));
  return value;
}

function brokenRules(shape: StringShape, value: string, lenientPatterns: boolean): string[] {
  const rules = brokenLengths(shape, value.length);
  if (shape.pattern !== undefined && !lenientPatterns && !new RegExp(`^(?:${shape.pattern})$`).test(value)) {
    rules.push(`satisfy regular expression pattern: ${shape.pattern}`);
  }
  if (shape.enum !== undefined && !shape.enum.includes(value))
    rules.push(`satisfy enum value set: [${shape.enum.join(', ')}]`);
  return rules;
}

function brokenLengths({ min, max }: { readonly min?: number; readonly max?: number }, length: number): string[] {
  const rules: string[] = [];
  if (min !== undefined && length < min) rules.push(`have length greater than or equal to ${min}`);
  if (max !== undefined && length > max) rules.push(`have length less than or equal to ${max}`);
  return rules;
}

function finding(path: string, value: string | undefined, rule: string): string {
  const shown = value === undefined ? 'Value' : `Value '${value}'`;
  return `${shown} at '${path}' failed to satisfy constraint: Member must ${rule}`;
}

function misfit(value: unknown, path: string, wanted: string): never {
  const kind = Array.isArray(value) ? 'array' : typeof value;
  return refuse('SerializationException', `${path || 'The request'}: ${kind} can not be converted to ${wanted}`);
}

function camelCase(member: string): string {
  return member.charAt(0).toLowerCase() + member.slice(1);
}
