import { describe, expect, test } from 'vitest';
import { startWatchedHub } from '../support/bystander.ts';
import { DIALECTS, WEBHOOK_SECRET } from '../support/hub.ts';
import { rawSocket } from '../support/raw-socket.ts';
import { instructionsOf, privateMessage, updatesOf } from '../support/telegram.ts';

const SECRET = 'x-telegram-bot-api-secret-token';
const JSON_TYPE = { 'content-type': 'application/json' };
const FIELDS = { name: 'TPV', endpoint_url: 'http://x' };

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`;

describe.each(DIALECTS)('on %s', (database) => {
  test('row 1: a webhook call without, with a wrong, or with two secrets is 401, and nothing is kept', async () => {
    const hub = await startWatchedHub({ database });
    const before = (await updatesOf(hub)).length;
    const wrong: Record<string, string>[] = [
      {},
      { [SECRET]: '' },
      { [SECRET]: 'wrong' },
      { [SECRET]: WEBHOOK_SECRET.slice(0, -1) },
      { [SECRET]: `${WEBHOOK_SECRET}x` },
      { [SECRET]: `${WEBHOOK_SECRET}, ${WEBHOOK_SECRET}` },
      { authorization: `Token ${WEBHOOK_SECRET}` },
    ];
    for (const headers of wrong) {
      const json = privateMessage(1, { text: 'forged' });
      const answer = await hub.fetch('/webhook/telegram/', { method: 'POST', json, headers });
      expect([headers, answer.status, answer.body.code]).toEqual([headers, 401, 'unauthorized']);
    }
    expect(await updatesOf(hub)).toHaveLength(before);
    await hub.undisturbed();
  });

  test('row 2: broken updates with the right secret are 200 and kept', async () => {
    const hub = await startWatchedHub({ database });
    const before = (await updatesOf(hub)).length;
    const bodies = ['{', '[1,2', '{"update_id":"1"}', '{"update_id":3,"new_kind":{}}', deep(100_000), '\ufeff{}'];
    for (const body of bodies) {
      const headers = { ...JSON_TYPE, [SECRET]: WEBHOOK_SECRET };
      expect(await hub.fetch('/webhook/telegram/', { method: 'POST', headers, body })).toMatchObject({ status: 200 });
    }
    const kept = (await updatesOf(hub)).slice(before);
    expect(kept.map(({ raw }) => raw)).toEqual(bodies);
    for (const { reason } of kept) expect(reason).toMatch(/\S/);
    await hub.undisturbed();
  });

  test('row 9: queries that are not what they should be are 400 with the path', async () => {
    const hub = await startWatchedHub({ database });
    const faults: [path: string, field: string][] = [
      ['instructions/?limit=1e9', 'limit'],
      ['instructions/?limit=1000000000', 'limit'],
      ['instructions/?limit=-1', 'limit'],
      ['instructions/?limit=0', 'limit'],
      ['instructions/?limit=', 'limit'],
      ['instructions/?limit=1&limit=2', 'limit'],
      ['instructions/?limit[a]=1', 'limit[a]'],
      ['instructions/?status=foo', 'status'],
      ['instructions/?status=', 'status'],
      ['instructions/?wait=31', 'wait'],
      ['instructions/?wait=-1', 'wait'],
      ['instructions/?wait=abc', 'wait'],
      ['instructions/?order=asc', 'order'],
      ['users/?limit=1001', 'limit'],
      ['users/?after=-5', 'after'],
      ['users/?after=9007199254740993', 'after'],
      ['users/?is_active=maybe', 'is_active'],
      ["users/?after=1'--", 'after'],
    ];
    for (const [path, field] of faults) {
      const { status, body } = await hub.victim.fetch(`/api/tpv/${path}`);
      expect([path, status, body.code]).toEqual([path, 400, 'invalid_request']);
      expect([path, body.details.map((detail: { path: string }) => detail.path)]).toEqual([path, [field]]);
    }
    await hub.undisturbed();
  });

  test('row 10: dangerous keys, deep nesting, duplicate keys and a BOM are 400 or taken, and never worse', async () => {
    const hub = await startWatchedHub({ database });
    const { name, endpoint_url: url } = FIELDS;
    const head = `"name":"${name}","endpoint_url":"${url}"`;
    const register = (body: string) => hub.fetch('/api/tpv/register/', { method: 'POST', headers: JSON_TYPE, body });
    const cases: [body: string, statuses: number[]][] = [
      [`{${head},"__proto__":{"max_users":5}}`, [400]],
      [`{${head},"metadata":{"__proto__":{"x":1}}}`, [400]],
      [`{${head},"metadata":{"constructor":{"prototype":{"x":1}}}}`, [400]],
      [`{${head},"metadata":{"a":${deep(1_000)}}}`, [201, 400]],
      [`{${head},"metadata":{"a":${deep(100_000)}}}`, [400, 413]],
      [`{${head},"metadata":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`, [400]],
      [`{"name":"first",${head}}`, [201]],
      [`\ufeff{${head}}`, [201, 400]],
      ['{', [400]],
      ['nul', [400]],
      [`{${head}`, [400]],
      [`{${head}}x`, [400]],
      ['\0', [400]],
    ];
    for (const [body, statuses] of cases) {
      const answer = await register(body);
      expect(statuses, `${body.slice(0, 80)} got ${answer.status}`).toContain(answer.status);
    }
    expect((await register(`{"name":"first",${head}}`)).body.name).toBe(name);
    expect(Object.hasOwn(Object.prototype, 'x')).toBe(false);
    await hub.undisturbed();
  });

  test('row 10: a report with a response as deep as it can be is taken or refused, and the next one is taken', async () => {
    const hub = await startWatchedHub({ database });
    await hub.message(1, 'Hola', 1);
    const [{ id }] = (await hub.victim.fetch('/api/tpv/instructions/')).body.instructions;
    const path = `/api/tpv/instructions/${id}/`;
    for (const levels of [1_000, 30_000, 200_000]) {
      const body = `{"status":"processing","response":${deep(levels)}}`;
      const answer = await hub.victim.fetch(path, { method: 'PUT', headers: JSON_TYPE, body });
      expect([200, 400, 413], `${levels} levels got ${answer.status}`).toContain(answer.status);
      expect((await hub.victim.fetch(path)).status).toBe(200);
    }
    expect((await hub.victim.fetch(path, { method: 'PUT', json: { status: 'completed' } })).status).toBe(200);
    await hub.undisturbed();
  });
});

test('row 1: a webhook call with a wrong secret is answered before its body came', async () => {
  const hub = await startWatchedHub();
  const socket = rawSocket(hub.url);
  socket.write(
    `POST /webhook/telegram/ HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\n${SECRET}: wrong\r\n` +
      'Content-Length: 1000000\r\n\r\n',
  );
  expect((await socket.answered()).status).toBe(401);
  await hub.undisturbed();
});

test('row 4: bodies over 1 MiB are 413, announced or not', async () => {
  const hub = await startWatchedHub();
  const secret = { [SECRET]: WEBHOOK_SECRET };
  const key = { authorization: `ApiKey ${hub.victim.key}` };
  const targets: [path: string, headers: Record<string, string>][] = [
    ['/webhook/telegram/', secret],
    ['/api/tpv/heartbeat/', key],
    ['/api/tpv/register/', {}],
  ];
  for (const [path, headers] of targets) {
    const lines = Object.entries({ Host: 'hub', ...JSON_TYPE, ...headers }).map(([name, value]) => `${name}: ${value}`);
    const head = `POST ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n`;
    const announced = rawSocket(hub.url);
    announced.write(`${head}Content-Length: ${1024 * 1024 + 1}\r\n\r\n`);
    expect(await announced.answered()).toMatchObject({ status: 413 });
    const chunked = rawSocket(hub.url);
    chunked.write(`${head}Transfer-Encoding: chunked\r\n\r\n`);
    const chunk = ' '.repeat(64 * 1024);
    for (let i = 0; i < 17; i++) chunked.write(`${chunk.length.toString(16)}\r\n${chunk}\r\n`);
    const answer = await chunked.answered();
    expect(answer.status).toBe(413);
    expect(answer.body).toContain('"code":"payload_too_large"');
  }
  await hub.undisturbed();
});

test('row 4: an update of just under 1 MiB is taken', async () => {
  const hub = await startWatchedHub();
  const padding = 'x'.repeat(1024 * 1024 - 400);
  expect(await hub.update(privateMessage(1, { text: 'Hola', padding }))).toMatchObject({ status: 200 });
  expect((await instructionsOf(hub)).at(-1)?.payload).toContain('Hola');
  await hub.undisturbed();
});

test('row 7: no, broken and revoked keys and a key in the query are 401, and all alike', async () => {
  const hub = await startWatchedHub();
  const revoked = await hub.tpv();
  await hub.admin(`/api/admin/tpvs/${revoked.id}/revoke-keys/`, { method: 'POST' });
  const { key } = hub.victim;
  const calls: [path: string, authorization: string | undefined][] = [
    ['', undefined],
    ['', ''],
    ['', 'ApiKey'],
    ['', 'ApiKey '],
    ['', key],
    ['', `Basic ${key}`],
    ['', `Token ${key}`],
    ['', `ApiKey ${key} x`],
    ['', `ApiKey "${key}"`],
    ['', `ApiKey ${key.toLowerCase()}`],
    ['', `ApiKey ${'x'.repeat(5_000)}`],
    ['', "ApiKey ' or 1=1 --"],
    ['', `ApiKey ${revoked.key}`],
    [`?key=${key}`, undefined],
    [`?api_key=${key}`, undefined],
    [`?authorization=ApiKey ${key}`, undefined],
  ];
  const answers = [];
  for (const [i, [query, authorization]] of calls.entries()) {
    const headers = { 'x-forwarded-for': `203.0.113.${i}`, ...(authorization === undefined ? {} : { authorization }) };
    const { status, body } = await hub.fetch(`/api/tpv/info/${query}`, { headers });
    answers.push({ status, body });
  }
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  expect(answers[0]).toMatchObject({ status: 401, body: { code: 'unauthorized', error: expect.any(String) } });
  await hub.undisturbed();
});

test('row 11: content types other than JSON are 415', async () => {
  const hub = await startWatchedHub();
  const types = [
    'text/plain',
    'text/html',
    'application/xml',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json\ta',
    'application/jsonx',
    'application/json,text/plain',
    'json',
    '*/*',
    ' ',
  ];
  const bodies: [path: string, headers: Record<string, string>][] = [
    ['/api/tpv/register/', {}],
    ['/api/tpv/heartbeat/', { authorization: `ApiKey ${hub.victim.key}` }],
    ['/webhook/telegram/', { [SECRET]: WEBHOOK_SECRET }],
  ];
  const before = (await updatesOf(hub)).length;
  for (const [path, headers] of bodies) {
    for (const type of types) {
      const body = JSON.stringify({ ...FIELDS, update_id: 1 });
      const answer = await hub.fetch(path, { method: 'POST', headers: { ...headers, 'content-type': type }, body });
      expect([path, type, answer.status, answer.body.code]).toEqual([path, type, 415, 'unsupported_media_type']);
    }
  }
  expect(await updatesOf(hub)).toHaveLength(before);
  for (const type of ['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/json;charset=UTF-8']) {
    const headers = { 'content-type': type };
    const answer = await hub.fetch('/api/tpv/register/', { method: 'POST', headers, body: JSON.stringify(FIELDS) });
    expect([type, answer.status]).toEqual([type, 201]);
  }
  await hub.undisturbed();
});

test('an empty webhook call is taken as one that can not be understood', async () => {
  const hub = await startWatchedHub();
  const headers = { [SECRET]: WEBHOOK_SECRET };
  expect((await hub.fetch('/webhook/telegram/', { method: 'POST', headers })).status).toBe(200);
  expect((await updatesOf(hub)).at(-1)).toMatchObject({ outcome: 'quarantined', reason: 'not JSON' });
  await hub.undisturbed();
});

test('addresses that are no addresses get an error of the contract', async () => {
  const hub = await startWatchedHub();
  const paths: [path: string, status: number][] = [
    ['/%zz', 400],
    ['/api/tpv/instructions/%', 400],
    [`/api/tpv/instructions/${'x'.repeat(5_000)}`, 404],
    ['/api/tpv/../../etc/passwd', 404],
    ['/api//tpv/info', 404],
  ];
  for (const [path, status] of paths) {
    const socket = rawSocket(hub.url);
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: hub\r\nAuthorization: ApiKey ${hub.victim.key}\r\nConnection: close\r\n\r\n`,
    );
    await socket.ended();
    const answer = await socket.answered();
    const name = path.slice(0, 40);
    expect([name, answer.status]).toEqual([name, status]);
    expect([name, answer.body]).toEqual([name, expect.stringMatching(/"error":".+","code":"[a-z_]+"/)]);
  }
  await hub.undisturbed();
});
