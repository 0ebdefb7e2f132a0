/** Judges an answer by the simulator's table of outputs, without the simulator's own validation. Not a test. */
import { type OperationName, outputShapes, type Shape } from '../../src/simulator/shapes.ts';

/** What is wrong with the answer of an operation, each by its place; empty when nothing is. */
export function findMisfits(operation: OperationName, output: unknown, lenientPatterns = false): readonly string[] {
  return judge(outputShapes[operation], output, operation, lenientPatterns);
}

/** The model of CloudHSM has room for one digit where an id has seventeen. */
const shortVpcId = 'vpc-[0-9a-fA-F]';

function judge(shape: Shape, value: unknown, at: string, lenient: boolean): string[] {
  switch (shape.type) {
    case 'structure': {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at} is no structure`];
      const missing = shape.required.filter((member) => !Object.hasOwn(value, member));
      return [
        ...missing.map((member) => `${at}.${member} is missing`),
        ...Object.entries(value).flatMap(([member, inner]) => {
          const memberShape = Object.hasOwn(shape.members, member) ? shape.members[member] : undefined;
          return memberShape ? judge(memberShape, inner, `${at}.${member}`, lenient) : [`${at}.${member} is unknown`];
        }),
      ];
    }
    case 'list':
      if (!Array.isArray(value)) return [`${at} is no list`];
      return value.flatMap((item, index) => judge(shape.member, item, `${at}[${index}]`, lenient));
    case 'map':
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${at} is no map`];
      return Object.entries(value).flatMap(([key, inner]) => judge(shape.value, inner, `${at}.${key}`, lenient));
    case 'blob': {
      const length = typeof value === 'string' ? Buffer.byteLength(value, 'base64') : -1;
      return length >= shape.min && length <= shape.max
        ? []
        : [`${at} is no blob of ${shape.min} to ${shape.max} bytes`];
    }
    case 'boolean':
      return typeof value === 'boolean' ? [] : [`${at} is no boolean`];
    case 'timestamp':
      return typeof value === 'number' && value > 0 ? [] : [`${at} is no timestamp`];
    case 'integer':
      return Number.isInteger(value) && Number(value) >= shape.min && Number(value) <= shape.max
        ? []
        : [`${at} is not ${shape.min} to ${shape.max}`];
    case 'string': {
      if (typeof value !== 'string') return [`${at} is no string`];
      const { min = 0, max = Number.POSITIVE_INFINITY, pattern, enum: words } = shape;
      const isFit =
        value.length >= min &&
        value.length <= max &&
        (words === undefined || words.includes(value)) &&
        (pattern === undefined || lenient || pattern === shortVpcId || new RegExp(`^(?:${pattern})$`).test(value));
      return isFit ? [] : [`${at} does not fit: ${value}`];
    }
  }
}
