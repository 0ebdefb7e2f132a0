/** When a service answered, by its own clock: the Date of its HTTP response. */
interface Handled {
  readonly response: unknown;
  readonly output?: unknown;
}

/** Middleware of an SDK client that keeps the Date in `$metadata`: `client.middlewareStack.add(...keepDate)`. */
export const keepDate = [
  <Request, Result extends Handled>(next: (request: Request) => Promise<Result>) =>
    async (request: Request): Promise<Result> => {
      const result = await next(request);
      const { headers } = result.response as { readonly headers?: Readonly<Record<string, string>> };
      const { output } = result as { readonly output?: { readonly $metadata: object } };
      if (output) Object.assign(output.$metadata, { date: headers?.date });
      return result;
    },
  { step: 'deserialize', priority: 'high' },
] as const;

/** Undefined where the service did not say. */
export function readDate(metadata: object): number | undefined {
  const { date } = metadata as { readonly date?: string };
  const atMs = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(atMs) ? undefined : atMs;
}
