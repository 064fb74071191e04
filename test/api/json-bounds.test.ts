import { describe, expect, test } from 'vitest';
import { exceededBound, JSON_BOUNDS, REPORT_BOUNDS } from '../../src/json-bounds.ts';
import { startWatchedHub } from '../support/bystander.ts';
import { WEBHOOK_SECRET } from '../support/hub.ts';
import { updatesOf } from '../support/telegram.ts';

const JSON_TYPE = { 'content-type': 'application/json' };

describe('counting what JSON holds', () => {
  const bounds = { depth: 3, elements: 5 };
  test.each([
    ['[[[1]]]', undefined],
    ['[[[[1]]]]', 'depth'],
    ['{"a":{"b":[1]}}', undefined],
    ['{"a":{"b":[{}]}}', 'depth'],
    ['[1,2,3,4,5]', undefined],
    ['[1,2,3,4,5,6]', 'elements'],
    ['{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6}', 'elements'],
    ['[{},{},{}]', 'elements'],
    ['["[[[[,,,,,,"]', undefined],
    [String.raw`["\"[[[[,,,,,,"]`, undefined],
    [String.raw`["\\",1,2,3,4,5]`, 'elements'],
    [String.raw`["\\\"",[[[`, 'depth'],
    ['"never ends [[[[', undefined],
    ['', undefined],
    [']]]][[[', undefined],
  ])('%s exceeds %s', (json, exceeded) => {
    expect(exceededBound(json, bounds)).toBe(exceeded);
  });
});

/** 1 MiB, or nearly, of what costs most to understand. */
const LEVELS = 32;
const filled = (piece: string) =>
  Array.from({ length: Math.floor(1_000_000 / (piece.length + 1)) }, () => piece).join(',');
const FLOODS: [name: string, json: string][] = [
  ['rows of empty objects', `{"telegram_user_id":1,"text":"x","buttons":[${filled('[{}]')}]}`],
  ['empty rows', `{"telegram_user_id":1,"text":"x","buttons":[${filled('[]')}]}`],
  ['unknown fields', `{${Array.from({ length: 80_000 }, (_, i) => `"f${i}":1`).join(',')}}`],
  ['brackets', `{"telegram_user_id":1,"text":"x","data":${'['.repeat(500_000)}${']'.repeat(500_000)}}`],
  ['a level too many', `{"a":${'['.repeat(LEVELS)}${']'.repeat(LEVELS)}}`],
];

describe('row 29: bodies that hold too much', () => {
  test.each(FLOODS)('%s are 400 on every route of a TPV, with a short answer', async (_name, json) => {
    const hub = await startWatchedHub();
    const routes: [method: string, path: string][] = [
      ['POST', '/api/tpv/push/'],
      ['PATCH', `/api/tpv/push/${crypto.randomUUID()}/`],
      ['POST', '/register_notification'],
      ['POST', '/api/edit_message'],
    ];
    for (const [method, path] of routes) {
      const { status, body } = await hub.victim.fetch(path, { method, headers: JSON_TYPE, body: json });
      expect([path, status]).toEqual([path, 400]);
      expect(JSON.stringify(body).length).toBeLessThan(4_096);
    }
    const form = new FormData();
    form.set('telegram_user_id', '1');
    form.set('buttons', json);
    const headers = { authorization: `ApiKey ${hub.victim.key}` };
    const { status } = await fetch(`${hub.url}/api/tpv/push/`, { method: 'POST', headers, body: form });
    expect(status).toBe(400);
    await hub.undisturbed();
  });

  test('rows within the bound of elements are counted before any of them is looked at', async () => {
    const hub = await startWatchedHub();
    const buttons = Array.from({ length: 3_000 }, () => [{}]);
    const json = { telegram_user_id: 1, text: 'x', buttons };
    const { status, body } = await hub.victim.fetch('/api/tpv/push/', { method: 'POST', json });
    expect(status).toBe(400);
    expect(body.details).toEqual([{ path: 'buttons', message: 'admite hasta 100 botones' }]);
    // A report may hold more elements, for its response.
    const report = `/api/tpv/instructions/${crypto.randomUUID()}/`;
    const rows = Array.from({ length: 20_000 }, () => [{}]);
    const reply = { status: 'completed', reply: { text: 'x', buttons: rows } };
    const answer = await hub.victim.fetch(report, { method: 'PUT', json: reply });
    expect(answer.status).toBe(400);
    expect(answer.body.details).toEqual([{ path: 'reply.buttons', message: 'admite hasta 100 botones' }]);
    await hub.undisturbed();
  });

  test('an error names 20 faults at most, each cut to what a person reads', async () => {
    const hub = await startWatchedHub();
    const unknown = Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`${'x'.repeat(1_000)}${i}`, 1]));
    const json = { telegram_user_id: 1, text: 'x', ...unknown };
    for (const [path, method] of [
      ['/api/tpv/push/', 'POST'],
      [`/api/tpv/instructions/${crypto.randomUUID()}/`, 'PUT'],
    ] as const) {
      const { status, body } = await hub.victim.fetch(path, { method, json });
      expect([path, status]).toEqual([path, 400]);
      expect(body.details.length).toBeLessThanOrEqual(20);
      expect(JSON.stringify(body).length).toBeLessThan(16_384);
    }
  });

  test('heartbeats, registrations and reports are refused a little above what they may hold', async () => {
    const hub = await startWatchedHub();
    const sized = (bytes: number) => JSON.stringify({ version: '1', more: 'x'.repeat(bytes) });
    const send = async (path: string, method: string, bytes: number) =>
      (await hub.victim.fetch(path, { method, headers: JSON_TYPE, body: sized(bytes) })).status;
    expect(await send('/api/tpv/heartbeat/', 'POST', 3_000)).toBe(200);
    expect(await send('/api/tpv/heartbeat/', 'POST', 5_000)).toBe(413);
    expect(await send('/api/tpv/register/', 'POST', 70_000)).toBe(413);
    // A report may bring a reply: it takes as much as a push does.
    const report = `/api/tpv/instructions/${crypto.randomUUID()}/`;
    expect(await send(report, 'PUT', 1_000_000)).toBe(400);
    expect(await send(report, 'PUT', 1_100_000)).toBe(413);
  });

  test('a report may answer with 64 KiB of small values', async () => {
    const hub = await startWatchedHub();
    const tpv = hub.victim;
    await hub.message(1, 'Hola', 1001);
    const { body } = await tpv.fetch('/api/tpv/instructions/');
    const response = Array.from({ length: 30_000 }, () => 1);
    const json = { status: 'completed', response };
    const answer = await tpv.fetch(`/api/tpv/instructions/${body.instructions[0].id}/`, { method: 'PUT', json });
    expect(answer.status).toBe(200);
  });

  test('an update of Telegram that holds too much is put aside with its reason, and answered with 200', async () => {
    const hub = await startWatchedHub();
    const before = (await updatesOf(hub)).length;
    const bodies = FLOODS.map(([, json]) => json);
    for (const body of bodies) {
      const headers = { ...JSON_TYPE, 'x-telegram-bot-api-secret-token': WEBHOOK_SECRET };
      expect(await hub.fetch('/webhook/telegram/', { method: 'POST', headers, body })).toMatchObject({ status: 200 });
    }
    const kept = (await updatesOf(hub)).slice(before);
    expect(kept).toHaveLength(bodies.length);
    for (const { reason } of kept) expect(reason).toMatch(/exceeds the bound of (depth|elements)/);
    await hub.undisturbed();
  });

  test('the bounds are those that the documents name', () => {
    expect(JSON_BOUNDS).toEqual({ depth: LEVELS, elements: 10_000 });
    expect(REPORT_BOUNDS).toEqual({ depth: LEVELS, elements: 65_536 });
  });
});
