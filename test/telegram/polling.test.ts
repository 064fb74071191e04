import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Call, type Emulator, startEmulator } from '../../demo/emulator/mod.ts';
import { behindItsBack } from '../support/behind.ts';
import { holdCommits } from '../support/hold.ts';
import { DIALECTS, type HubOptions, startHub, type TestHub } from '../support/hub.ts';
import { instructionsOf, updatesOf } from '../support/telegram.ts';
import { WAIT_MS, within } from '../support/within.ts';

const env = { TELEGRAM_MODE: 'polling' };

async function anEmulator(): Promise<Emulator> {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  return emulator;
}

async function pollingHub(options: HubOptions): Promise<TestHub> {
  return startHub({ ...options, env: { ...env, ...options.env } });
}

const textsOf = async (hub: TestHub) => (await instructionsOf(hub)).map(({ payload }) => JSON.parse(payload).text);

/** Waits until that many instructions are there. */
async function arrived(hub: TestHub, count: number): Promise<void> {
  await vi.waitFor(async () => expect(await instructionsOf(hub)).toHaveLength(count), WAIT_MS);
}

describe.each(DIALECTS)('polling on %s', (database) => {
  test('brings updates in their order, and takes a webhook away first', async () => {
    const emulator = await anEmulator();
    const target = `${emulator.apiRoot}/bot${emulator.token}/setWebhook?url=http://127.0.0.1:9/`;
    await fetch(target);
    const ana = emulator.person({ id: 42, first_name: 'Ana' });
    for (let i = 1; i <= 5; i++) ana.send(`${i}`);
    const hub = await pollingHub({ database, emulator });
    const tpv = await hub.tpv();
    await arrived(hub, 5);
    expect(emulator.webhook).toBeUndefined();
    for (let i = 6; i <= 8; i++) ana.send(`${i}`);
    await arrived(hub, 8);
    expect(await textsOf(hub)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
    ana.send('/id');
    expect((await ana.waitForMessage(({ text }) => text?.includes('identificador') === true)).text).toMatch(/42/);
    await vi.waitFor(async () => {
      const { body } = await tpv.fetch('/api/tpv/instructions/?limit=100');
      expect(body.count + (await instructionsOf(hub)).filter(({ status }) => status === 'sent').length).toBe(8);
    }, WAIT_MS);
  });

  test('confirms an update only after it was committed', async () => {
    const emulator = await anEmulator();
    const hub = await pollingHub({ database, emulator });
    await hub.tpv();
    const ana = emulator.person({ id: 42, first_name: 'Ana' });
    const hold = holdCommits(hub.hub.db);
    await hold.running;
    const updateId = ana.send('uno');
    await hold.asked(1);
    const confirms = ({ method, params }: Call) => method === 'getUpdates' && Number(params.offset) > updateId;
    expect(emulator.calls.filter(confirms)).toEqual([]);
    expect(emulator.pendingUpdates()).toBe(1);
    await hold.release();
    await arrived(hub, 1);
    // The request that confirms it is a long poll; the next message ends it.
    ana.send('dos');
    await emulator.waitForCall(confirms);
  });

  test('a hub that can not commit confirms nothing, and takes it once it can', async () => {
    const emulator = await anEmulator();
    const hub = await pollingHub({ database, emulator });
    await hub.tpv();
    await behindItsBack(hub, (db) => db.schema.alterTable('telegram_updates').renameTo('gone').execute());
    const ana = emulator.person({ id: 42, first_name: 'Ana' });
    ana.send('Hola');
    // Asked for again from the same place, after the fault.
    await vi.waitFor(() => {
      const asked = emulator.calls.filter(({ method, outcome }) => method === 'getUpdates' && outcome.ok);
      const withUpdate = asked.filter(({ outcome }) => outcome.ok && (outcome.result as unknown[]).length === 1);
      expect(withUpdate.length).toBeGreaterThanOrEqual(2);
    }, WAIT_MS);
    expect(emulator.pendingUpdates()).toBe(1);
    await behindItsBack(hub, (db) => db.schema.alterTable('gone').renameTo('telegram_updates').execute());
    await arrived(hub, 1);
    await emulator.drained();
    expect(await updatesOf(hub)).toHaveLength(1);
  });

  test('a restart neither loses nor repeats anything', async () => {
    const emulator = await anEmulator();
    const ana = emulator.person({ id: 42, first_name: 'Ana' });
    const first = await pollingHub({ database, emulator });
    await first.tpv();
    let sent = 0;
    for (; sent < 5; sent++) ana.send(`${sent}`);
    await arrived(first, 5);
    for (; sent < 8; sent++) ana.send(`${sent}`);
    await first.close();
    for (; sent < 12; sent++) ana.send(`${sent}`);
    const second = await pollingHub({ databaseUrl: first.databaseUrl, emulator });
    for (; sent < 15; sent++) ana.send(`${sent}`);
    await arrived(second, 15);
    await emulator.drained();
    expect(await textsOf(second)).toEqual(Array.from({ length: 15 }, (_, i) => `${i}`));
    expect(await updatesOf(second)).toHaveLength(15);
  });

  test('goes on after Telegram failed', async () => {
    const emulator = await anEmulator();
    emulator.fail({ method: 'getUpdates', times: 1, how: { kind: 'reset' } });
    const hub = await pollingHub({ database, emulator });
    await hub.tpv();
    emulator.person({ id: 42, first_name: 'Ana' }).send('Hola');
    await arrived(hub, 1);
  });
});

test('a hub that polls closes at once, in the middle of a long poll', async () => {
  const emulator = await anEmulator();
  // It is never answered: only the hub itself ends it before the 45 s that a call may take.
  emulator.fail({ method: 'getUpdates', how: { kind: 'hang' } });
  const hub = await pollingHub({ emulator });
  await emulator.waitForCall(({ method }) => method === 'getUpdates');
  await within(hub.close(), () => 'The hub did not close');
});

test('in polling mode the webhook takes nothing without a secret', async () => {
  const hub = await startHub({ env: { ...env, TELEGRAM_WEBHOOK_SECRET: '' } });
  for (const secret of ['', 'undefined']) {
    const headers = { 'x-telegram-bot-api-secret-token': secret };
    expect(await hub.fetch('/webhook/telegram/', { method: 'POST', json: { update_id: 1 }, headers })).toMatchObject({
      status: 401,
    });
  }
});
