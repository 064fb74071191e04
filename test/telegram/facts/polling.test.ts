import { expect, test } from 'vitest';
import { refusal, webhookOfBot } from '../../support/bot.ts';
import { emulatorOnClock } from '../../support/facts.ts';

const ana = { id: 501, first_name: 'Ana' };
const luis = { id: 502, first_name: 'Luis' };

test('getUpdates hands out in order, confirms by offset, and waits for what comes', async () => {
  const { emulator, api } = await emulatorOnClock();
  const first = emulator.person(ana).send('uno');
  const second = emulator.person(luis).send('dos');
  const updates = await api.getUpdates({ limit: 1 });
  expect(updates.map(({ update_id: id }) => id)).toEqual([first]);
  expect((await api.getUpdates({ offset: first + 1 })).map(({ update_id: id }) => id)).toEqual([second]);
  expect(emulator.pendingUpdates()).toBe(1);
  const poll = api.getUpdates({ offset: second + 1, timeout: 50 });
  const third = emulator.person(ana).send('tres');
  expect((await poll).map(({ update_id: id }) => id)).toEqual([third]);
});

test('getUpdates is a conflict while a webhook is set, and for the older of two polls', async () => {
  const { emulator, api } = await emulatorOnClock();
  const { url } = await webhookOfBot();
  await api.setWebhook(url);
  expect(await refusal(api.getUpdates())).toBe(
    "409 Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
  );
  await api.deleteWebhook();
  const polls = [refusal(api.getUpdates({ timeout: 50 })), refusal(api.getUpdates({ timeout: 50 }))];
  expect(await Promise.race(polls)).toBe(
    '409 Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
  );
  const updateId = emulator.person(ana).send('hola');
  expect(await Promise.all(polls)).toContain('Error: The call was taken.');
  expect(emulator.calls.some(({ outcome }) => JSON.stringify(outcome).includes(String(updateId)))).toBe(true);
});
