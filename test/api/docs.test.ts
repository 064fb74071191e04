import { describe, expect, test } from 'vitest';
import { ERRORS } from '#protocol';
import { startHub } from '../support/hub.ts';
import { routesOf } from '../support/routes.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'];

/** Every object inside a document, with the way to it. */
function* objectsIn(value: unknown, path = '#'): Generator<[path: string, object: Record<string, unknown>]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield [path, value as Record<string, unknown>];
  for (const [key, inner] of Object.entries(value)) yield* objectsIn(inner, `${path}/${key}`);
}

function resolve(document: unknown, ref: string): unknown {
  const names = ref.replace(/^#\//, '').split('/');
  return names.reduce<unknown>((at, name) => Object(at)[name.replaceAll('~1', '/').replaceAll('~0', '~')], document);
}

interface Operation {
  requestBody?: { content: Record<string, { schema: unknown }> };
  responses: Record<string, { content?: Record<string, { schema: unknown }> }>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
}

/** Every operation, its route as the server calls it. */
function operationsOf(paths: Document['paths']): { route: string; operation: Operation }[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({
      route: `${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      operation,
    })),
  );
}

function hasSchema(part: { content?: Record<string, { schema: unknown }> } | undefined): boolean {
  const forms = Object.values(part?.content ?? {});
  return forms.length > 0 && forms.every(({ schema }) => schema !== undefined);
}

describe('the OpenAPI document', () => {
  test('is one of version 3.1, and all that it refers to is in it', async () => {
    const hub = await startHub();
    const { status, body } = await hub.fetch('/docs/json');
    expect(status).toBe(200);
    expect(body.openapi).toMatch(/^3\.1\./);
    expect(body.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
    const schemes = Object.keys(body.components.securitySchemes);
    for (const [path, object] of objectsIn(body)) {
      if (typeof object.$ref === 'string') expect([path, resolve(body, object.$ref)]).not.toEqual([path, undefined]);
    }
    const seen = new Set<string>();
    for (const [url, item] of Object.entries<Record<string, Record<string, unknown>>>(body.paths)) {
      expect(url).toMatch(/^\//);
      expect(Object.keys(item).filter((key) => !METHODS.includes(key))).toEqual([]);
      for (const [method, operation] of Object.entries(item)) {
        seen.add(`${method} ${url}`);
        expect([url, Object.keys(Object(operation.responses)).length]).not.toEqual([url, 0]);
        for (const response of Object.values(Object(operation.responses))) {
          expect([url, response]).toEqual([url, expect.objectContaining({ description: expect.any(String) })]);
        }
        // A parameter in the path is declared, and the other way round.
        const declared = ((operation.parameters ?? []) as { in: string; name: string }[])
          .filter(({ in: place }) => place === 'path')
          .map(({ name }) => name);
        expect([url, declared]).toEqual([url, [...url.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)]);
        for (const requirement of (operation.security ?? []) as object[]) {
          for (const name of Object.keys(requirement)) expect(schemes).toContain(name);
        }
      }
    }
    expect(seen).toEqual(new Set([...seen, ...DOCUMENTED]));
  });

  test('names every error code, and each route the statuses that it refuses with', async () => {
    const hub = await startHub();
    const { body } = await hub.fetch('/docs/json');
    expect(body.components.schemas.Error.properties.code.enum.toSorted()).toEqual(Object.keys(ERRORS).toSorted());
    const statuses = (path: string, method: string) => Object.keys(body.paths[path][method].responses).map(Number);
    expect(statuses('/api/tpv/register', 'post')).toEqual([201, 400, 403, 429]);
    expect(statuses('/api/tpv/info', 'get')).toEqual([200, 401]);
    expect(statuses('/api/tpv/instructions', 'get')).toEqual([200, 400, 401, 403]);
    expect(statuses('/api/tpv/instructions/{id}', 'get')).toEqual([200, 401, 403, 404]);
    for (const method of ['put', 'patch']) {
      expect(statuses('/api/tpv/instructions/{id}', method)).toEqual([200, 400, 401, 403, 404, 409, 413, 429]);
    }
    for (const [path, object] of objectsIn(body.paths)) {
      // It answers 503 as it answers 200: with its problems.
      if (path.startsWith('#//readyz/')) continue;
      const legacy = /^#\/\/api\/(register_notification|edit|delete|send)/.test(path);
      for (const [status, response] of Object.entries(Object(object.responses))) {
        // 416 says nothing: whoever asks for a range of a file reads no JSON.
        if (Number(status) < 400 || status === '416') continue;
        expect([path, JSON.stringify(response)]).toEqual([
          path,
          expect.stringContaining(`#/components/schemas/${legacy ? 'LegacyError' : 'Error'}"`),
        ]);
      }
    }
  });

  test('has every route that is not hidden, and no other', async () => {
    const hub = await startHub();
    const { paths } = (await hub.fetch('/docs/json')).body as Document;
    const documented = operationsOf(paths).map(({ route }) => route);
    const routes = routesOf(hub.hub.app).filter((route) => !PAGES_OF_DOCS.test(route));
    expect([...documented, ...HIDDEN].toSorted()).toEqual([...new Set(routes)].toSorted());
  });

  test('says of every operation that takes a body what it is, and of every answer that has one', async () => {
    const hub = await startHub();
    const { paths } = (await hub.fetch('/docs/json')).body as Document;
    const operations = operationsOf(paths);
    const bodiless = operations.filter(
      ({ route, operation }) => !route.startsWith('GET ') && !hasSchema(operation.requestBody),
    );
    expect(bodiless.map(({ route }) => route).toSorted()).toEqual(WITHOUT_BODY);
    const mute = operations.filter(
      ({ operation }) =>
        !Object.entries(operation.responses).some(
          ([status, one]) => status < '300' && (hasSchema(one) || status === '204'),
        ),
    );
    expect(mute.map(({ route }) => route)).toEqual([]);
    expect(Object.keys(paths['/api/tpv/push']?.post?.requestBody?.content ?? {})).toEqual([
      'application/json',
      'multipart/form-data',
    ]);
  });

  test('says who may call each route', async () => {
    const hub = await startHub();
    const { body } = await hub.fetch('/docs/json');
    for (const [url, item] of Object.entries<Record<string, Record<string, unknown>>>(body.paths)) {
      if (!url.startsWith('/api/') || url === '/api/tpv/register') continue;
      const open = ['/api/admin/login', '/api/admin/login/bot', '/api/admin/setup'].includes(url);
      const own = /^\/api\/admin\/(session|logout|account\/.+|account|inbox\/.+)$/.test(url);
      const session = own ? [{ AdminSession: [] }] : [{ AdminToken: [] }, { AdminSession: [] }];
      const wanted = url.startsWith('/api/admin/') ? (open ? [] : session) : [{ ApiKey: [] }];
      for (const operation of Object.values(item)) expect([url, operation.security]).toEqual([url, wanted]);
    }
  });

  test('has a page to read it on, without code inside it', async () => {
    const hub = await startHub();
    const { status, body, headers } = await hub.fetch('/docs/');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^text\/html/);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toMatch(/script-src 'self'; .*'unsafe-hashes'/);
    expect(policy.split(';').find((rule) => rule.trim().startsWith('script-src '))).not.toMatch(/unsafe-inline/);
    const scripts = [...body.matchAll(/<(?:script|link)[^>]*(?:src|href)="([^"]+)"/g)].map(([, path]) => path);
    expect(scripts.length).toBeGreaterThan(0);
    for (const path of scripts) expect((await hub.fetch(new URL(path, `${hub.url}/docs/`).pathname)).status).toBe(200);
  });
});

/** No part of the API: pages, the panel, Telegram's calls and the socket's. */
const HIDDEN = [
  'GET /',
  'GET /.well-known/security.txt',
  'GET /admin',
  'GET /admin/*',
  'GET /admin/assets/:name',
  'GET /api/socket-check',
  'GET /api/tpv/ws',
  'POST /telegram',
  'POST /webhook/telegram',
];
const PAGES_OF_DOCS = /^GET \/docs\b/;
/** What changes something, and needs no more than its path for it. */
const WITHOUT_BODY = [
  'DELETE /api/admin/account/sessions/:id',
  'DELETE /api/admin/account/telegram',
  'DELETE /api/admin/accounts/:id',
  'DELETE /api/admin/maintenance/:id',
  'DELETE /api/admin/tpvs/:id',
  'DELETE /api/admin/users/:id',
  'DELETE /api/admin/webhook',
  'DELETE /api/tpv/push/:id',
  'POST /api/admin/account/telegram',
  'POST /api/admin/accounts/:id/invitation',
  'POST /api/admin/instructions/:id/cancel',
  'POST /api/admin/instructions/:id/retry',
  'POST /api/admin/logout',
  'POST /api/admin/pushes/:id/resend',
  'POST /api/admin/quarantine/:seq/retry',
  'POST /api/admin/tpvs/:id/activate',
  'POST /api/admin/tpvs/:id/join-code',
  'POST /api/admin/tpvs/:id/revoke-keys',
  'POST /api/admin/tpvs/:id/rotate-key',
  'POST /api/admin/tpvs/:id/rotate-secret',
  'POST /api/admin/tpvs/:id/test',
  'POST /api/tpv/key/rotate',
  'POST /api/tpv/push/:id/resend',
  'POST /api/tpv/signing-secret/rotate',
  'PUT /api/admin/inbox/:id/read',
  'PUT /api/admin/inbox/read',
];

const DOCUMENTED = [
  'post /api/tpv/register',
  'get /api/tpv/info',
  'post /api/tpv/heartbeat',
  'get /api/tpv/instructions',
  'get /api/tpv/instructions/{id}',
  'put /api/tpv/instructions/{id}',
  'patch /api/tpv/instructions/{id}',
  'get /api/tpv/users',
  'get /api/tpv/stats',
  'post /api/tpv/key/rotate',
  'post /webhook/setup',
  'get /webhook/info',
];

test('the status page, healthz, readyz and metrics answer', async () => {
  const hub = await startHub();
  expect(await hub.fetch('/')).toMatchObject({ status: 200, body: expect.stringContaining('El hub funciona') });
  expect(await hub.fetch('/healthz')).toMatchObject({ status: 200, body: { status: 'ok' } });
  expect(await hub.fetch('/readyz')).toMatchObject({ status: 200, body: { status: 'ok', problems: [] } });
  await hub.tpv();
  await hub.message(1, 'Hola');
  const { body } = await hub.fetch('/metrics');
  expect(body).toMatch(/hub_updates_total\{kind="message",outcome="instruction"\} 1/);
});

test('metrics are for loopback alone, or for who shows the token', async () => {
  const open = await startHub();
  const proxied = { 'x-forwarded-for': '203.0.113.1' };
  expect(await open.fetch('/metrics', { headers: proxied })).toMatchObject({ status: 401 });
  const METRICS_TOKEN = 'a-made-up-metrics-token';
  const guarded = await startHub({ env: { METRICS_TOKEN } });
  expect((await guarded.fetch('/metrics')).status).toBe(401);
  const headers = { ...proxied, authorization: `Bearer ${METRICS_TOKEN}` };
  expect((await guarded.fetch('/metrics', { headers })).status).toBe(200);
});
