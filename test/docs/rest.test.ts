import { expect, test } from 'vitest';
import { ERRORS } from '#protocol';
import { UPDATE_FAULTS } from '../../src/admin/overview/webhook-health.ts';
import { PROBLEMS } from '../../src/observability/health.ts';
import { codeOf, docsPage, rowsOf, sectionOf } from '../support/docs.ts';
import { startHub } from '../support/hub.ts';
import { routesOf } from '../support/routes.ts';

const page = docsPage('rest.md');
const documented = new Set(
  [...page.matchAll(/(?:^### |`)(GET|POST|PUT|PATCH|DELETE) (\/[\w/:.*-]*)/gm)].map(
    ([, method, path = '']) => `${method} ${path.length > 1 ? path.replace(/\/$/, '') : path}`,
  ),
);

test('the routes of the page are those of the server', async () => {
  const { app } = (await startHub()).hub;
  const routes = routesOf(app);
  const isDocumented = (route: string) =>
    documented.has(route) ||
    [...documented].some((known) => known.endsWith('/*') && route.startsWith(known.slice(0, -1)));
  expect(routes.filter((route) => !isDocumented(route))).toEqual([]);
  expect([...documented].filter((route) => !routes.includes(route))).toEqual([]);
  expect(routes.length).toBeGreaterThan(90);
});

test('the codes and statuses of the page are those of the code', () => {
  const rows = rowsOf(sectionOf(page, '## Errors'));
  const listed = rows.map(([status, code]) => [codeOf(code)[0], Number(status)]);
  expect(Object.fromEntries(listed)).toEqual(
    Object.fromEntries(Object.entries(ERRORS).map(([code, { status }]) => [code, status])),
  );
  const state = rowsOf(sectionOf(page, '## State')).find(([route]) => route === '`GET /readyz`');
  const problems = codeOf(state?.[1]).filter((code) => /^[a-z_]+$/.test(code));
  expect(problems.sort()).toEqual([...Object.keys(PROBLEMS), ...UPDATE_FAULTS].sort());
});

/** The names at the top of `{a, b: {c}, d?}`. */
function namesIn(shape: string): string[] {
  let depth = 0;
  let top = '';
  for (const character of shape) {
    if ('}]'.includes(character)) depth--;
    if (depth === 1) top += character;
    if ('{['.includes(character)) depth++;
  }
  return top.split(',').map((part) => /^\s*"?(\w+)/.exec(part)?.[1] ?? '');
}

test('bodies, queries and roles of the administration are those of its schemas', async () => {
  const { hub } = await startHub();
  const document = hub.app.swagger() as unknown as { paths: Record<string, Record<string, Operation>> };
  const wrong: unknown[] = [];
  let looked = 0;
  for (const [route, role, given] of rowsOf(sectionOf(page, '## Administration'))) {
    const [, method = '', path = ''] = /^`([A-Z]+) (\/\S+)`$/.exec(route ?? '') ?? [];
    if (method === '') continue;
    const operation = document.paths[path.replaceAll(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
    const body = operation?.requestBody?.content['application/json']?.schema;
    const shape = codeOf(given).find((code) => code.startsWith('{'));
    const names = shape === undefined ? [] : namesIn(shape);
    const known = Object.keys(body?.properties ?? {});
    // The settings are named by their answer, one row above.
    if (body !== undefined && given !== 'any of these; null is the default again') {
      looked++;
      if (String(names.toSorted()) !== String(known.toSorted())) wrong.push({ route, names, known });
    }
    const query = (operation?.parameters ?? []).flatMap(({ in: where, name }) =>
      where === 'query' && !['limit', 'cursor'].includes(name) ? [name] : [],
    );
    if (method === 'GET' && given !== 'the same') {
      const filters = codeOf(given).map((code) => code.split(':')[0] ?? '');
      if (String(filters.filter((name) => name !== 'Last-Event-ID').toSorted()) !== String(query.toSorted())) {
        wrong.push({ route, filters, query });
      }
    }
    if (operation === undefined || role !== roleOf(method, operation)) wrong.push({ route, role });
  }
  expect(wrong).toEqual([]);
  expect(looked).toBeGreaterThan(15);
});

/** Who may call it, as the document says; test/admin/rights.test.ts looks whether that holds. */
function roleOf(method: string, { security = [] }: Operation): string {
  const ways = security.flatMap(Object.keys);
  if (ways.length === 0) return 'open';
  if (!ways.includes('AdminToken')) return 'own';
  return method === 'GET' ? 'viewer' : 'admin';
}

interface Operation {
  security?: Record<string, unknown>[];
  parameters?: { in: string; name: string }[];
  requestBody?: { content: Record<string, { schema?: { properties?: Record<string, unknown> } }> };
}
