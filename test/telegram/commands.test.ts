import { describe, expect, test } from 'vitest';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';
import { connectTelegram, instructionsOf, updatesOf, userOf } from '../support/telegram.ts';

const ANA = { id: 42, first_name: 'Ana', username: 'ana' };

async function joinCodeOf(hub: TestHub, tpvId: string): Promise<string> {
  const { body } = await hub.admin('/api/admin/tpvs/');
  return body.items.find(({ id }: { id: string }) => id === tpvId).join_code;
}

describe.each(DIALECTS)('on %s', (database) => {
  test('/start assigns a TPV, and answers with the welcome and a button that copies the id', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv({ name: 'Bar <Pepe> & Co' });
    await connectTelegram(hub);
    const ana = hub.emulator.person({ ...ANA, first_name: 'Ana <b>' });
    ana.send('/start');
    const welcome = await ana.waitForMessage();
    expect(welcome.text).toMatch(/¡Hola, Ana <b>!.*Te atiende Bar <Pepe> & Co\..*Tu identificador es 42/s);
    expect(welcome.reply_markup).toEqual({
      inline_keyboard: [[{ text: '📋 Copiar mi identificador', copy_text: { text: '42' } }]],
    });
    expect(await userOf(hub, 42)).toMatchObject({ tpv_id: tpv.id, is_active: 1, username: 'ana' });
    expect(await updatesOf(hub)).toMatchObject([{ kind: 'message', outcome: 'answered', raw: null }]);
    expect(await instructionsOf(hub)).toEqual([]);
  });

  test('/start says so where no TPV is there', async () => {
    const hub = await startHub({ database });
    await connectTelegram(hub);
    const ana = hub.emulator.person(ANA);
    ana.send('/start');
    expect((await ana.waitForMessage()).text).toMatch(/no hay ningún local disponible/);
    expect(await userOf(hub, 42)).toMatchObject({ tpv_id: null });
  });

  test('/start is passed on where FORWARD_START says so', async () => {
    const hub = await startHub({ database, env: { FORWARD_START: 'true' } });
    const tpv = await hub.tpv();
    await connectTelegram(hub);
    const ana = hub.emulator.person(ANA);
    ana.send('/start');
    expect((await ana.waitForMessage()).text).toMatch(/Te atiende/);
    const { body } = await tpv.fetch('/api/tpv/instructions/');
    expect(body.instructions).toMatchObject([{ command: 'process_message', payload: { text: '/start' } }]);
  });

  test('/start with a join code assigns that TPV, whatever the strategy would have chosen', async () => {
    const hub = await startHub({ database });
    await hub.tpv({ name: 'El que toca' });
    const chosen = await hub.tpv({ name: 'Elegido' });
    await connectTelegram(hub);
    const ana = hub.emulator.person(ANA);
    ana.send(`/start ${await joinCodeOf(hub, chosen.id)}`);
    expect((await ana.waitForMessage()).text).toMatch(/Te atiende Elegido/);
    expect(await userOf(hub, 42)).toMatchObject({ tpv_id: chosen.id });
  });

  test('a join code moves somebody who had another TPV, and frees the seat there', async () => {
    const hub = await startHub({ database });
    const first = await hub.tpv({ name: 'Primero', max_users: 1 });
    await connectTelegram(hub);
    const ana = hub.emulator.person(ANA);
    ana.send('/start');
    await ana.waitForMessage();
    const second = await hub.tpv({ name: 'Segundo' });
    ana.send(`/start ${await joinCodeOf(hub, second.id)}`);
    expect((await ana.waitForMessage()).text).toMatch(/Te atiende Segundo/);
    expect((await first.fetch('/api/tpv/info/')).body.user_count).toBe(0);
    expect((await second.fetch('/api/tpv/info/')).body.user_count).toBe(1);
  });

  test('an unknown join code is said to be none, and the strategy assigns', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv({ name: 'El único' });
    await connectTelegram(hub);
    const ana = hub.emulator.person(ANA);
    ana.send("/start no'such--code");
    expect((await ana.waitForMessage()).text).toMatch(/Ese enlace no es válido/);
    expect((await ana.waitForMessage()).text).toMatch(/Te atiende El único/);
    expect(await userOf(hub, 42)).toMatchObject({ tpv_id: tpv.id });
  });

  test('the join code of a full TPV is said to be of no use, and the strategy assigns another', async () => {
    const hub = await startHub({ database });
    const full = await hub.tpv({ max_users: 1 });
    await hub.message(1, 'Hola', 7);
    const other = await hub.tpv({ name: 'Con sitio' });
    await connectTelegram(hub);
    const ana = hub.emulator.person(ANA);
    ana.send(`/start ${await joinCodeOf(hub, full.id)}`);
    expect((await ana.waitForMessage()).text).toMatch(/no puede atender a más personas/);
    expect((await ana.waitForMessage()).text).toMatch(/Te atiende Con sitio/);
    expect(await userOf(hub, 42)).toMatchObject({ tpv_id: other.id });
  });

  test('/id and /help are answered by the hub, also with the name of the bot, and not passed on', async () => {
    const hub = await startHub({ database });
    await hub.tpv();
    await connectTelegram(hub);
    const ana = hub.emulator.person(ANA);
    for (const text of ['/id', `/ID@${hub.emulator.botUsername}`]) {
      ana.send(text);
      const reply = await ana.waitForMessage();
      expect(reply.text).toBe('Tu identificador es 42');
      expect(reply.reply_markup?.inline_keyboard[0]?.[0]?.copy_text).toEqual({ text: '42' });
    }
    ana.send('/help');
    expect((await ana.waitForMessage()).text).toMatch(/\/start.*\/id.*\/help/s);
    expect(await instructionsOf(hub)).toEqual([]);
    expect((await updatesOf(hub)).map(({ outcome }) => outcome)).toEqual(['answered', 'answered', 'answered']);
  });
});
