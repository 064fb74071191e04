import * as fc from 'fast-check';
import { type JsonSchema, nearly, spoiltText } from './values.ts';

/** A request as it goes over the wire. */
export interface FuzzedRequest {
  method: string;
  path: string;
  body: string | undefined;
  contentType: string | undefined;
  /** In whose name it is asked. */
  as: 'no one' | 'tpv' | 'admin' | 'telegram';
}

/** The part of an OpenAPI document that is read here. */
export interface ApiDocument {
  paths?: Record<string, Record<string, unknown>>;
}

interface Operation {
  parameters?: { in: string; name: string; schema?: JsonSchema }[];
  requestBody?: { content?: Record<string, { schema?: JsonSchema }> };
}

const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete'];
const CONTENT_TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'application/json\ta',
  'x',
];
/** These end what the other requests are tried on: the accounts, and the deputy of the one who asks. */
const LEFT_OUT = /^\/(api\/admin\/(login|logout)|api\/tpv\/rotate-key)/;

/**
 * One arbitrary for each operation that the hub describes, and one for paths that it does not have.
 * @param known ids that exist
 */
export function requestsOf(document: ApiDocument, known: fc.Arbitrary<unknown>): fc.Arbitrary<FuzzedRequest>[] {
  const described = Object.entries(document.paths ?? {}).flatMap(([path, operations]) =>
    Object.entries(operations)
      .filter(([method]) => METHODS.includes(method) && !LEFT_OUT.test(path))
      // An operation of OpenAPI, by its name.
      .map(([method, operation]) => requestOf(method, path, operation as Operation, known)),
  );
  return [...described, elsewhere(known)];
}

function requestOf(
  method: string,
  path: string,
  operation: Operation,
  known: fc.Arbitrary<unknown>,
): fc.Arbitrary<FuzzedRequest> {
  const parameters = operation.parameters ?? [];
  const inPath = parameters.filter((one) => one.in === 'path');
  const inQuery = parameters.filter((one) => one.in === 'query');
  const content = operation.requestBody?.content;
  const body = content === undefined ? undefined : (content['application/json'] ?? Object.values(content)[0])?.schema;
  const parts = (of: typeof parameters) => fc.tuple(...of.map(({ schema }) => nearly(schema, known)));
  return fc
    .record({
      method: fc.oneof(
        { weight: 30, arbitrary: fc.constant(method) },
        { weight: 1, arbitrary: fc.constantFrom(...METHODS) },
      ),
      path: parts(inPath).map((values) => inPath.reduce((text, { name }, i) => filled(text, name, values[i]), path)),
      query: fc.tuple(parts(inQuery), fc.subarray(inQuery)).map(([values, asked]) => queryOf(inQuery, values, asked)),
      body: fc.option(spoiltText(nearly(body, known)), { nil: undefined, freq: content === undefined ? 1 : 20 }),
      contentType: contentTypes,
      as: asked(path),
    })
    .map(({ path: filledPath, query, ...request }) => ({ ...request, path: filledPath + query }));
}

const contentTypes = fc.oneof(
  { weight: 12, arbitrary: fc.constant('application/json') },
  { weight: 1, arbitrary: fc.constantFrom(...CONTENT_TYPES, undefined) },
);

function asked(path: string): fc.Arbitrary<FuzzedRequest['as']> {
  const right = path.includes('/webhook/telegram')
    ? 'telegram'
    : /\/(admin|webhook|status|metrics)/.test(path)
      ? 'admin'
      : 'tpv';
  return fc.oneof(
    { weight: 20, arbitrary: fc.constant(right) },
    { weight: 1, arbitrary: fc.constantFrom('no one', 'tpv', 'admin') },
  );
}

function elsewhere(known: fc.Arbitrary<unknown>): fc.Arbitrary<FuzzedRequest> {
  const segment = fc.oneof(fc.constantFrom('api', 'tpv', 'admin', 'docs', 'webhook', '..', '%2e%2e', '', '%'), known);
  return fc.record({
    method: fc.constantFrom(...METHODS),
    path: fc.array(segment, { maxLength: 6 }).map((segments) => `/${segments.map(inPathText).join('/')}`),
    body: fc.option(spoiltText(nearly(undefined, known)), { nil: undefined }),
    contentType: contentTypes,
    as: fc.constantFrom('no one', 'tpv', 'admin'),
  });
}

function queryOf(
  parameters: NonNullable<Operation['parameters']>,
  values: unknown[],
  askedFor: NonNullable<Operation['parameters']>,
): string {
  const pairs = parameters.flatMap(({ name }, i) =>
    askedFor.some((one) => one.name === name) ? [`${name}=${encoded(values[i])}`] : [],
  );
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}

function filled(path: string, name: string, value: unknown): string {
  return path.replace(`{${name}}`, () => encoded(value));
}

/** A segment as it stands, where it is one of the odd ones that are written encoded already. */
function inPathText(value: unknown): string {
  return typeof value === 'string' && /^(%2e|%$|\.\.)/.test(value) ? value : encoded(value);
}

function encoded(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return encodeURIComponent(text.toWellFormed()).slice(0, 4_000);
}
