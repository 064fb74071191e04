import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { startOutsidePing } from '../../src/observability/outside-ping.ts';
import { testClock } from '../support/clock.ts';
import { startHub } from '../support/hub.ts';
import { keptLog } from '../support/log.ts';
import { WAIT_MS } from '../support/within.ts';

const MINUTE = 60_000;

/** A service elsewhere that counts how often it was asked. */
async function service() {
  const asked: string[] = [];
  const state = { answer: 200 as number | 'hang' };
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (state.answer === 'hang') return;
    response.writeHead(state.answer, { location: '/elsewhere' }).end('x'.repeat(100_000));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { asked, state, url: `http://127.0.0.1:${port}/ping/a-secret` };
}

test('it is asked for once a minute while the hub is ready, and each change of its success is one line', async () => {
  const { asked, state, url } = await service();
  const { log, lines } = keptLog();
  const clock = testClock();
  let problems: string[] = [];
  const stop = startOutsidePing({ url, clock, log, problems: async () => problems });
  onTestFinished(stop);
  const count = (wanted: number) => vi.waitFor(() => expect(asked).toHaveLength(wanted), WAIT_MS);
  const said = (wanted: number) => vi.waitFor(() => expect(lines).toHaveLength(wanted), WAIT_MS);
  await clock.advance(MINUTE);
  await count(1);
  state.answer = 302;
  // The next one is asked for when the one before is over.
  await vi.waitFor(async () => {
    await clock.advance(MINUTE);
    expect(lines).toMatchObject([{ fault: 'HTTP 302' }]);
  }, WAIT_MS);
  expect(new Set(asked)).toEqual(new Set(['GET /ping/a-secret']));
  state.answer = 200;
  await vi.waitFor(async () => {
    await clock.advance(MINUTE);
    expect(lines).toMatchObject([{ fault: 'HTTP 302' }, { msg: 'ALARM_PING_URL answers again' }]);
  }, WAIT_MS);
  state.answer = 'hang';
  const before = asked.length;
  await vi.waitFor(async () => {
    // Once more only where the one before was not over: two would be under way when the next lines count them.
    if (asked.length === before) await clock.advance(MINUTE);
    expect(asked.length).toBeGreaterThan(before);
  }, WAIT_MS);
  await clock.advance(10_000);
  await said(3);
  expect(lines[2]).toMatchObject({ fault: 'no answer within 10 s' });
  expect(JSON.stringify(lines)).not.toContain('a-secret');
  problems = ['draining'];
  const asOf = asked.length;
  await clock.advance(5 * MINUTE);
  expect(asked).toHaveLength(asOf);
});

test('a hub asks for ALARM_PING_URL, and no more once it is closed', async () => {
  const { asked, url } = await service();
  const clock = testClock();
  const hub = await startHub({ clock, env: { ALARM_PING_URL: url } });
  await vi.waitFor(async () => {
    await clock.advance(MINUTE);
    expect(asked.length).toBeGreaterThan(0);
  }, WAIT_MS);
  await hub.close();
  const before = asked.length;
  await clock.advance(5 * MINUTE);
  expect(asked).toHaveLength(before);
});
