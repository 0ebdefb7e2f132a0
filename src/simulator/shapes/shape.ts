/** The kinds of shape that the API model of KMS is written in, and the values that fit them. */

export interface StringShape {
  readonly type: 'string';
  readonly min?: number;
  readonly max?: number;
  /** As the model writes it; the whole value has to match. */
  readonly pattern?: string;
  readonly enum?: readonly string[];
  readonly sensitive?: true;
}

export interface IntegerShape {
  readonly type: 'integer';
  readonly min: number;
  readonly max: number;
}

export interface BooleanShape {
  readonly type: 'boolean';
}

/** On the wire a number: seconds since the epoch. */
export interface TimestampShape {
  readonly type: 'timestamp';
}

/** On the wire base64; lengths are in bytes. */
export interface BlobShape {
  readonly type: 'blob';
  readonly min: number;
  readonly max: number;
  readonly sensitive?: true;
}

export interface MapShape {
  readonly type: 'map';
  readonly value: Shape;
  readonly max?: number;
}

export interface ListShape {
  readonly type: 'list';
  readonly member: Shape;
  readonly min?: number;
  readonly max?: number;
}

export interface StructureShape {
  readonly type: 'structure';
  readonly required: readonly string[];
  readonly members: Readonly<Record<string, Shape>>;
}

/** A structure of these members, some of them required. */
export function structure<const M extends StructureShape['members'], const R extends readonly (keyof M & string)[]>(
  members: M,
  ...required: R
): { readonly type: 'structure'; readonly required: R; readonly members: M } {
  return { type: 'structure', required, members };
}

export type Shape =
  | StringShape
  | IntegerShape
  | BooleanShape
  | TimestampShape
  | BlobShape
  | ListShape
  | MapShape
  | StructureShape;

export type ValueOf<S> = S extends StructureShape
  ? ValuesOf<S>
  : S extends { type: 'list'; member: infer Member }
    ? readonly ValueOf<Member>[]
    : S extends { type: 'map'; value: infer Value }
      ? Readonly<Record<string, ValueOf<Value>>>
      : S extends { type: 'integer' | 'timestamp' }
        ? number
        : S extends { type: 'boolean' }
          ? boolean
          : S extends { enum: readonly (infer Word)[] }
            ? Word
            : string;

export type ValuesOf<S extends StructureShape> = {
  readonly [M in keyof S['members'] as M extends S['required'][number] ? M : never]: ValueOf<S['members'][M]>;
} & {
  readonly [M in keyof S['members'] as M extends S['required'][number] ? never : M]?: ValueOf<S['members'][M]>;
};
