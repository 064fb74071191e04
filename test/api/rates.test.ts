import { describe, expect, test } from 'vitest';
import { testClock } from '../support/clock.ts';
import { startHub, type TestTpv } from '../support/hub.ts';

/** The statuses of so many calls, one after the other. */
async function statuses(tpv: TestTpv, path: string, count: number, method = 'GET'): Promise<number[]> {
  const all: number[] = [];
  for (let i = 0; i < count; i++) all.push((await tpv.fetch(path, { method })).status);
  return all;
}

const times = (count: number, status: number) => Array.from({ length: count }, () => status);

describe('how fast a TPV may call (S28)', () => {
  test('200 at once and 50 a second; fetching instructions is counted apart, and so is each TPV', async () => {
    const clock = testClock();
    const hub = await startHub({ clock });
    const [tpv, other] = [await hub.tpv(), await hub.tpv()];
    expect(await statuses(tpv, '/api/tpv/info/', 201)).toEqual([...times(200, 200), 429]);
    const refused = await tpv.fetch('/api/tpv/info/');
    expect(refused.body.code).toBe('too_many_requests');
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(await statuses(tpv, '/api/tpv/instructions/', 1)).toEqual([200]);
    expect(await statuses(other, '/api/tpv/info/', 1)).toEqual([200]);
    await clock.advance(1_000);
    expect(await statuses(tpv, '/api/tpv/info/', 51)).toEqual([...times(50, 200), 429]);
  });

  test('row 30: a key that is not approved calls once a second, whatever it calls, and its bodies stay unread', async () => {
    const clock = testClock();
    const hub = await startHub({ clock, env: { TPV_REGISTRATION: 'approval' } });
    const json = { name: 'Bar', endpoint_url: 'http://127.0.0.1:9' };
    const { body } = await hub.fetch('/api/tpv/register/', { method: 'POST', json });
    const headers = { authorization: `ApiKey ${body.api_key}`, 'content-type': 'application/json' };
    const beat = async (version: string) =>
      (await hub.fetch('/api/tpv/heartbeat/', { method: 'POST', headers, body: JSON.stringify({ version }) })).status;
    const first: number[] = [];
    for (let i = 0; i < 12; i++) first.push(await beat(`1.${i}`));
    expect(first).toEqual([...times(10, 200), 429, 429]);
    expect(await beat('x'.repeat(1024 * 1024))).toBe(429);
    expect((await hub.fetch('/api/tpv/instructions/', { headers })).status).toBe(429);
    await clock.advance(1_000);
    expect([await beat('2.0'), await beat('2.1')]).toEqual([200, 429]);
  });

  test('a HEAD hands no instruction out (S36)', async () => {
    const hub = await startHub();
    const tpv = await hub.tpv();
    await hub.message(1, 'Hola');
    const head = await fetch(`${hub.url}/api/tpv/instructions/`, {
      method: 'HEAD',
      headers: { authorization: `ApiKey ${tpv.key}` },
    });
    expect(head.status).toBe(404);
    expect((await tpv.fetch('/api/tpv/instructions/')).body.count).toBe(1);
  });
});
