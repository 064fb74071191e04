import { expect, onTestFinished, test } from 'vitest';
import { type Stage, setStage } from '../../demo/stage.ts';
import { LOGIN, openTown, TROUBLED, WAITING } from '../../demo/town.ts';
import { WAIT_MS } from '../support/within.ts';

/** What a list of the panel answers, as far as it is looked at here. */
interface List {
  items: { id: string; name: string; excerpt: string; error_message: string; user: { telegram_id: number } }[];
}

async function town(): Promise<Stage> {
  const stage = await setStage({ chat: 0, hub: 0 });
  onTestFinished(() => stage.close());
  await openTown(stage);
  return stage;
}

test('the printed login opens the panel', async () => {
  const { hubUrl } = await town();
  expect((await fetch(new URL('/admin/', hubUrl))).status).toBe(200);
  const answer = await fetch(new URL('/api/admin/login', hubUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: hubUrl },
    body: JSON.stringify(LOGIN),
  });
  expect(await answer.json()).toMatchObject({ name: 'demo', role: 'admin' });
});

test('the TPV that waits for approval serves people once it has it', async () => {
  const { operator, emulator } = await town();
  const { items } = await operator.get<List>('/api/admin/tpvs?state=awaiting');
  expect(items).toMatchObject([{ name: WAITING }]);
  const { join_code: code } = await operator.get<{ join_code: string }>(`/api/admin/tpvs/${items[0]?.id}`);
  await operator.change('POST', `/api/admin/tpvs/${items[0]?.id}/activate`);
  const luis = emulator.person({ id: 4_711, first_name: 'Luis' });
  luis.send(`/start ${code}`);
  luis.send('dos croquetas');
  await luis.waitForMessage(({ text }) => text?.includes('2 × croqueta') === true, WAIT_MS);
});

test('people whose orders fail are served once they are moved and their orders sent again', async () => {
  const { operator, emulator, restaurant } = await town();
  const { items } = await operator.get<List>('/api/admin/instructions?status=failed');
  expect(items.map((item) => item.error_message)).toEqual(Array(2).fill(expect.stringContaining('no tiene papel')));
  const people = items.map(({ user }) => user.telegram_id);
  const moved = { telegram_ids: people, tpv_id: restaurant.id, preview: false };
  expect(await operator.change('POST', '/api/admin/users/assign', moved)).toEqual({ count: 2, skipped: [] });
  const again = { action: 'retry', ids: items.map(({ id }) => id), preview: false };
  const sent = await operator.change('POST', '/api/admin/instructions/bulk', again);
  expect(sent).toEqual({ count: 2, by_status: { failed: 2 }, skipped: [] });
  for (const id of people) {
    const person = emulator.person({ id, first_name: '' });
    await person.waitForMessage(({ text }) => text?.includes('Pedido n.º') === true, WAIT_MS);
  }
  const { items: left } = await operator.get<List>(`/api/admin/tpvs?q=${encodeURIComponent(TROUBLED)}`);
  expect(left).toMatchObject([{ name: TROUBLED, user_count: 0 }]);
});

test('one message is unknown though it arrived, and one update is in quarantine', async () => {
  const { operator, emulator } = await town();
  const { items } = await operator.get<List>('/api/admin/pushes?status=unknown');
  const [{ id, excerpt, user } = { id: '', excerpt: '', user: { telegram_id: 0 } }] = items;
  expect(items).toHaveLength(1);
  expect(emulator.person({ id: user.telegram_id, first_name: '' }).chat.at(-1)?.text).toContain(excerpt);
  await operator.change('POST', `/api/admin/pushes/${id}/resolve`, { as: 'sent' });
  expect((await operator.get<List>('/api/admin/pushes?status=unknown')).items).toEqual([]);
  expect((await operator.get<List>('/api/admin/quarantine')).items).toHaveLength(1);
});

test('the webhook can be taken away and repaired', async () => {
  const { operator, emulator, hubUrl } = await town();
  await operator.change('DELETE', '/api/admin/webhook');
  expect(emulator.webhook).toBeUndefined();
  const { problems } = await operator.get<{ problems: string[] }>('/api/admin/webhook');
  expect(problems).not.toEqual([]);
  await operator.change('POST', '/api/admin/webhook', {});
  expect(emulator.webhook?.url).toBe(`${hubUrl}/webhook/telegram/`);
});
