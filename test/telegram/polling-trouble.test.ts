import { GrammyError } from 'grammy';
import { expect, onTestFinished, test } from 'vitest';
import { startEmulator } from '../../demo/emulator/mod.ts';
import { PollingState } from '../../src/telegram/inbound/polling-trouble.ts';
import { type TestClock, testClock } from '../support/clock.ts';
import { startHub, type TestHub } from '../support/hub.ts';
import { updatesOf } from '../support/telegram.ts';
import { tpvServer } from '../support/tpv-server.ts';

async function pollingHub(clock: TestClock, env: Record<string, string> = {}) {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  return startHub({ clock, emulator, env: { TELEGRAM_MODE: 'polling', ...env } });
}

const stateOf = async (hub: TestHub) => (await hub.fetch('/readyz')).body;

/** Lets the hub try again until it says that it gets no updates. */
async function degraded(hub: TestHub, clock: TestClock) {
  await expect
    .poll(async () => {
      await clock.advance(2_000);
      return (await stateOf(hub)).status;
    })
    .toBe('degraded');
}

const page = '<html><body>Acceso bloqueado</body></html>';

test.each([
  ['another program polls for the bot', 409, /Otro programa pregunta.*409/],
  ['Telegram refuses the token', 401, /rechaza el token.*401.*@BotFather/],
  ['Telegram has a fault', 500, /no obtiene respuesta de Telegram \(500/],
])('%s: the overview, /readyz and /webhook/info/ say so until it is over', async (_name, code, sentence) => {
  const clock = testClock();
  const hub = await pollingHub(clock);
  const description = code === 409 ? 'Conflict: terminated by other getUpdates request' : 'as it was';
  const mend = hub.emulator.fail({ method: 'getUpdates', how: { kind: 'error', code, description } });
  await degraded(hub, clock);
  const { status, body } = await hub.fetch('/readyz');
  expect(status).toBe(200);
  expect(body.problems).toMatchObject([{ code: 'polling_broken', message: expect.stringMatching(sentence) }]);
  const since = Date.parse(body.problems[0].since);
  expect(since).toBeLessThanOrEqual(clock.now());
  expect((await hub.admin('/webhook/info/')).body.problems).toEqual([expect.stringMatching(sentence)]);
  const overview = (await hub.admin('/api/admin/overview')).body;
  expect(overview.webhook).toMatchObject({ state: 'broken', problems: [expect.stringMatching(sentence)] });
  expect(overview.alarms).toMatchObject([
    { code: 'polling_broken', severity: 'critical', since: body.problems[0].since, detail: expect.any(String) },
  ]);
  expect((await hub.fetch('/metrics')).body).toMatch(/^hub_problem\{code="polling_broken"\} 1$/m);
  expect((await hub.fetch('/metrics')).body).toMatch(/^hub_ready 1$/m);
  mend();
  await expect
    .poll(async () => {
      await clock.advance(30_000);
      return stateOf(hub);
    })
    .toEqual({ status: 'ok', problems: [] });
});

test('a page in place of Telegram, and a Telegram out of reach, are told apart', async () => {
  const portal = await tpvServer((_call, response) => {
    response.writeHead(403, { 'content-type': 'text/html' }).end(page);
    return undefined;
  });
  for (const [root, sentence] of [
    [portal.origin, /responde otro programa \(HTTP 403\).*TELEGRAM_API_ROOT/],
    ['http://127.0.0.1:9', /no obtiene respuesta de Telegram \(ECONNREFUSED\)/],
  ] as const) {
    const clock = testClock();
    const hub = await pollingHub(clock, { TELEGRAM_API_ROOT: root });
    await degraded(hub, clock);
    expect((await stateOf(hub)).problems).toMatchObject([{ message: expect.stringMatching(sentence) }]);
  }
});

test.each([
  ['an object', {}],
  ['null', null],
  ['an object with a number', { update_id: 7 }],
  ['updates without a number', [{ message: { text: 'Hola' } }, null, 3]],
])('%s in the place of updates is another program’s answer, and nothing of it is kept', async (_name, result) => {
  const { origin } = await tpvServer(() => ({ ok: true, result }));
  const clock = testClock();
  const hub = await pollingHub(clock, { TELEGRAM_API_ROOT: origin });
  await degraded(hub, clock);
  const sentence = /responde otro programa \(HTTP 200\).*TELEGRAM_API_ROOT/;
  expect((await stateOf(hub)).problems).toMatchObject([{ message: expect.stringMatching(sentence) }]);
  expect(await updatesOf(hub)).toEqual([]);
});

const refused = (code: number, description: string) =>
  new GrammyError('refused', { ok: false, error_code: code, description }, 'getUpdates', {});

test('one conflict after a restart is no trouble, and success between two of them is no end of it', () => {
  const clock = testClock();
  let now = clock.now();
  const start = now;
  const state = new PollingState({ now: () => now });
  const conflict = refused(409, 'Conflict: terminated by other getUpdates request');
  state.failed(conflict);
  now += 60_000;
  expect(state.trouble()).toBeUndefined();
  state.succeeded();
  state.failed(conflict);
  state.succeeded();
  expect(state.trouble()).toMatchObject({ since: start });
  now += 119_999;
  expect(state.trouble()).toMatchObject({ since: start });
  now += 1;
  expect(state.trouble()).toBeUndefined();
});

test('a short break of the line is no trouble, a refused token is one at once', () => {
  let now = 0;
  const state = new PollingState({ now: () => now });
  state.failed(new Error('broken'));
  now = 9_999;
  expect(state.trouble()).toBeUndefined();
  now = 10_000;
  expect(state.trouble()).toMatchObject({ since: 0 });
  state.succeeded();
  expect(state.trouble()).toBeUndefined();
  state.failed(refused(401, 'Unauthorized'));
  expect(state.trouble()).toMatchObject({ since: 10_000, sentence: expect.stringContaining('@BotFather') });
});
