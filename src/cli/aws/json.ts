/** What an answer of AWS is made of once it is read. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

export function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

export function isScalar(value: Json): boolean {
  return typeof value !== 'object' || value === null;
}

export function isEmpty(value: Json): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}
