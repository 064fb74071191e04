import { describe, expect, test } from 'vitest';
import { ERRORS } from '#protocol';
import { startHub } from '../support/hub.ts';

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
    for (const [, object] of objectsIn(body.paths)) {
      for (const [status, response] of Object.entries(Object(object.responses))) {
        // 416 says nothing: whoever asks for a range of a file reads no JSON.
        if (Number(status) < 400 || status === '416') continue;
        expect(JSON.stringify(response)).toContain('#/components/schemas/Error');
      }
    }
  });

  test('says who may call each route', async () => {
    const hub = await startHub();
    const { body } = await hub.fetch('/docs/json');
    for (const [url, item] of Object.entries<Record<string, Record<string, unknown>>>(body.paths)) {
      if (!url.startsWith('/api/') || url === '/api/tpv/register') continue;
      const open = ['/api/admin/login', '/api/admin/setup'].includes(url);
      const own = /^\/api\/admin\/(session|logout|account\/.+|account)$/.test(url);
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
    expect(policy).toMatch(/script-src/);
    expect(policy.split(';').find((rule) => rule.trim().startsWith('script-src '))).not.toMatch(/unsafe-inline/);
    const scripts = [...body.matchAll(/<(?:script|link)[^>]*(?:src|href)="([^"]+)"/g)].map(([, path]) => path);
    expect(scripts.length).toBeGreaterThan(0);
    for (const path of scripts) expect((await hub.fetch(new URL(path, `${hub.url}/docs/`).pathname)).status).toBe(200);
  });
});

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
