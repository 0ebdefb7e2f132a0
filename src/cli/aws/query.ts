/** `--query`: JMESPath over what is printed. */
import { InvalidInputError } from '../../run/errors.ts';
import type { Json } from './json.ts';

export type Query = (value: Json) => Json;

/** What only the value that is searched can show to be wrong. */
const laterErrors = ['JMESPathTypeError', 'EmptyExpressionError'];

/** @throws {InvalidInputError} when the expression cannot be read */
export async function readQuery(text: string | undefined): Promise<Query> {
  if (text === undefined) return (value) => value;
  if (text.trim() === '') throw new InvalidInputError('--query is empty');
  const expression = quoteBareLiterals(text);
  const { search } = await import('@aws-lambda-powertools/jmespath');
  const query: Query = (value) => {
    try {
      // The package's type of JSON is wider than ours, its results are not.
      return (search(expression, value as Parameters<typeof search>[1]) ?? null) as Json;
    } catch (error) {
      throw new InvalidInputError(explain(error as Error));
    }
  };
  try {
    search(expression, {});
  } catch (error) {
    if (!laterErrors.includes((error as Error).name)) throw new InvalidInputError(explain(error as Error));
  }
  return query;
}

/** The AWS CLI takes `text` between backticks for the string that JMESPath wants in quotes there. */
function quoteBareLiterals(expression: string): string {
  return expression.replace(/'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|`((?:\\.|[^`\\])*)`/gs, (token, literal?: string) =>
    literal === undefined || isJson(literal) ? token : `\`"${literal.trimStart()}"\``,
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text.replaceAll('\\`', '`'));
    return true;
  } catch {
    return false;
  }
}

/** The first line of what the parser says, without the expression, which may be long. */
function explain({ message }: Error): string {
  const [line = ''] = message.split('\n');
  return `--query: expected a JMESPath expression: ${line.replace(/,? (in|for) expression.*$/i, '')}`;
}
