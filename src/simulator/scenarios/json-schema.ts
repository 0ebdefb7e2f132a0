/** The part of JSON Schema in which scenario files are described. What is built here is schema and TypeScript type in one. */

export interface JsonSchema {
  readonly description?: string;
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  /** Each group asks for exactly one of its members. */
  readonly allOf?: readonly { readonly oneOf: readonly { readonly required: readonly string[] }[] }[];
  readonly items?: JsonSchema;
  readonly maxItems?: number;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly examples?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly JsonSchema[];
}

declare const described: unique symbol;

/** A schema of values of type T. */
export type Of<T> = JsonSchema & { readonly [described]?: T };

export type ValueOf<S> = S extends { readonly [described]?: infer T } ? T : never;

type Members = Readonly<Record<string, JsonSchema>>;
type Structure<R extends Members, O extends Members> = { readonly [M in keyof R]: ValueOf<R[M]> } & {
  readonly [M in keyof O]?: ValueOf<O[M]>;
};

export function text(
  description: string,
  rules: Pick<JsonSchema, 'pattern' | 'examples' | 'minLength' | 'maxLength'> = {},
): Of<string> {
  return { description, type: 'string', ...rules };
}

export function word<const W extends string>(description: string, words: readonly W[]): Of<W> {
  return { description, enum: words };
}

export function number(description: string, minimum: number, maximum: number): Of<number> {
  return { description, type: 'number', minimum, maximum };
}

export function whole(description: string, minimum: number, maximum: number): Of<number> {
  return { description, type: 'integer', minimum, maximum };
}

export function flag(description: string): Of<boolean> {
  return { description, type: 'boolean' };
}

export function list<T>(description: string, items: Of<T>, maxItems = 100): Of<readonly T[]> {
  return { description, type: 'array', items, maxItems };
}

/** Members of any name, all of one kind. */
export function table<T>(description: string, additionalProperties: Of<T>): Of<Readonly<Record<string, T>>> {
  return { description, type: 'object', additionalProperties };
}

/** A structure with no other members than these. `exactlyOne`: groups of which exactly one member has to be there. */
export function structure<R extends Members, O extends Members>(
  description: string,
  required: R,
  optional: O,
  exactlyOne: readonly (readonly (keyof O & string)[])[] = [],
): Of<Structure<R, O>> {
  return {
    description,
    type: 'object',
    properties: { ...required, ...optional },
    additionalProperties: false,
    ...(Object.keys(required).length > 0 ? { required: Object.keys(required) } : {}),
    ...(exactlyOne.length > 0
      ? { allOf: exactlyOne.map((group) => ({ oneOf: group.map((member) => ({ required: [member] })) })) }
      : {}),
  };
}

export function either<const A, const B>(description: string, first: Of<A>, second: Of<B>): Of<A | B> {
  return { description, anyOf: [first, second] };
}
