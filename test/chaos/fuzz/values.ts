import * as fc from 'fast-check';

type Any = fc.Arbitrary<unknown>;

/** A part of a JSON schema (OpenAPI 3.1), as far as the hub's own schemas use it. */
export interface JsonSchema {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  allOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  format?: string;
  $ref?: string;
}

/** Strings that programs stumble over. No name in them leads to another machine. */
const ODD_STRINGS = [
  '',
  ' ',
  '\0',
  'a\0b',
  '\ud800',
  '\u202eadmin',
  '=1+1',
  '__proto__',
  'constructor',
  "' OR 1=1 --",
  '<b>x',
  '</b><script>alert(1)</script>',
  '%00%2e%2e%2f',
  '../../etc/passwd',
  'null',
  'NaN',
  '1e999',
  '2026-02-30T25:61:00Z',
  'http://127.0.0.1:1/',
  'http://[::1]:1/x?y#z',
  'javascript:alert(1)',
  'https://example.invalid',
  'é'.repeat(3_000),
  'x'.repeat(70_000),
  '👩‍👩‍👧‍👦'.repeat(500),
] as const;
const ODD_NUMBERS = [0, -0, -1, 1, 0.5, 1e21, -1e308, 2 ** 31, 2 ** 53, 2 ** 53 - 1, -(2 ** 63), 5e-324] as const;

const strings = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...ODD_STRINGS) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.string({ maxLength: 12 }) },
);
const plainTexts = fc.constantFrom('Hola', 'a@b.example', 'http://127.0.0.1:9/', 'completed', '2026-01-01T00:00:00Z');
const numbers = fc.oneof(
  fc.constantFrom(...ODD_NUMBERS),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const leaves: Any = fc.oneof(strings, numbers, fc.boolean(), fc.constant(null));

/** Any JSON value, with names and texts that programs stumble over. */
export const anyJson: Any = fc.oneof(
  { weight: 3, arbitrary: leaves },
  { weight: 2, arbitrary: fc.array(leaves, { maxLength: 6 }) },
  { weight: 2, arbitrary: fc.dictionary(strings, leaves, { maxKeys: 6 }) },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 6 }) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 60 }).map((depth) => nested(depth)) },
);

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { a: value };
  return value;
}

/**
 * Values that mostly keep to a schema, so that they come far, with a wrong part now and then.
 * @param known ids that exist, offered where a string is wanted
 */
export function nearly(schema: JsonSchema | undefined, known: Any): Any {
  if (schema === undefined) return anyJson;
  return fc.oneof({ weight: 25, arbitrary: fitting(schema, known) }, { weight: 1, arbitrary: anyJson });
}

function fitting(schema: JsonSchema, known: Any): Any {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (choices !== undefined && choices.length > 0) return fc.oneof(...choices.map((one) => nearly(one, known)));
  const types = [schema.type ?? []].flat();
  const [type] = types;
  if (types.length > 1) return fc.oneof(...types.map((one) => nearly({ ...schema, type: one }, known)));
  switch (type) {
    case 'object':
      return objects(schema, known);
    case 'array':
      return fc.array(nearly(schema.items, known), { maxLength: 4 });
    case 'integer':
    case 'number':
      return fc.oneof(fc.integer({ min: 0, max: 100 }), known, numbers);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'string':
      return fc.oneof(
        { weight: 3, arbitrary: known },
        { weight: 1, arbitrary: plainTexts },
        { weight: 1, arbitrary: strings },
      );
    default:
      return anyJson;
  }
}

/** Mostly with all that is required, and a few of the rest. */
function objects({ properties = {}, required = [] }: JsonSchema, known: Any): Any {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, nearly(part, known)]));
  const whole = (rest: string[]) => {
    const names = [...required, ...rest];
    return fc.record(Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name))));
  };
  const optional = Object.keys(fields).filter((name) => !required.includes(name));
  return fc.oneof(
    { weight: 12, arbitrary: fc.subarray(optional, { maxLength: Math.min(3, optional.length) }).chain(whole) },
    { weight: 1, arbitrary: fc.record(fields, { requiredKeys: [] }) },
  );
}

/** The value as text; now and then cut, doubled, or spoilt in one place. */
export const spoiltText = (value: Any): fc.Arbitrary<string> =>
  fc
    .tuple(
      value.map((one) => JSON.stringify(one) ?? ''),
      fc.integer({ min: 0, max: 19 }),
      fc.nat(),
    )
    .map(([text, how, at]) => {
      const cut = text.length === 0 ? 0 : at % text.length;
      switch (how) {
        case 0:
          return text.slice(0, cut);
        case 1:
          return text + text;
        case 2:
          return `${text.slice(0, cut)}\u0000${text.slice(cut + 1)}`;
        case 3:
          return `\ufeff${text}`;
        default:
          return text;
      }
    });
