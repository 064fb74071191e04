import { once } from 'node:events';
import { connect, createServer, type Server } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { startBalancer } from '../../demo/balancer.ts';
import { readOptions } from '../../demo/options.ts';
import { freePort } from '../../demo/port.ts';
import { setStage } from '../../demo/stage.ts';
import { freshDatabase } from '../support/hub.ts';
import { TEST_MS } from '../support/within.ts';

/** For a hub that takes over from one that was killed, on a slow machine too. */
const PATIENCE_MS = TEST_MS / 2;

/** A server that says its name to each connection, and ends it. */
async function named(name: string, port: number): Promise<Server> {
  const server = createServer((socket) => socket.end(name)).listen(port, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return server;
}

test('the balancer takes hubs in turn, and passes over one that is away', async () => {
  const ports = [await freePort(), await freePort()];
  const [one, other] = [await named('one', ports[0] ?? 0), await named('other', ports[1] ?? 0)];
  const balancer = await startBalancer(0, ports);
  onTestFinished(() => balancer.close());
  const said = () => text(connect(Number(new URL(balancer.url).port), '127.0.0.1'));
  expect([await said(), await said(), await said()]).toEqual(['one', 'other', 'one']);
  other.close();
  await once(other, 'close');
  expect([await said(), await said()]).toEqual(['one', 'one']);
  one.close();
  await once(one, 'close');
  expect(await said()).toBe('');
});

test('of two hubs of the demo one is killed by the visitor, and orders go on', { timeout: 2 * TEST_MS }, async () => {
  const databaseUrl = await freshDatabase('postgres', 'migrated');
  const stage = await setStage({ chat: 0, hub: 0 }, { count: 2, databaseUrl });
  onTestFinished(() => stage.close());
  const ana = stage.emulator.person({ id: 123_456_789, first_name: 'Ana' });
  ana.send('un café');
  await ana.waitForMessage(({ text }) => text?.includes('Pedido n.º 1') === true, PATIENCE_MS);

  const page = async (method: string, body?: object) => {
    const answer = await fetch(`${stage.emulator.apiRoot}/_emulator/choices`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const { choices } = (await answer.json()) as { choices: unknown[] };
    return { status: answer.status, choices };
  };
  const standing = (current: string) =>
    expect.objectContaining({
      label: 'Hubs',
      is_act: true,
      current,
      options: [{ value: 'kill', text: 'Matar un hub' }],
    });
  expect((await page('GET')).choices).toContainEqual(standing('2 de 2 en marcha'));
  expect(await page('POST', { label: 'Hubs', value: 'all' })).toMatchObject({ status: 404 });
  const killed = await page('POST', { label: 'Hubs', value: 'kill' });
  expect(killed.choices).toContainEqual(standing('1 de 2 en marcha'));

  // The one that was killed led: the other one does so once its lease is over.
  ana.send('dos cañas');
  await ana.waitForMessage(({ text }) => text?.includes('Pedido n.º 2') === true, PATIENCE_MS);
  // The last one is not killed.
  await stage.hubs?.killing.choose('kill');
  expect(stage.hubs?.killing.current()).toMatch(/^[12] de 2 en marcha$/);
});

test('the demo takes a number of hubs, and no other', () => {
  expect(readOptions(['--hubs', '3', '--once'])).toEqual({ once: true, help: false, hubs: { count: 3 } });
  expect(readOptions([])).toEqual({ once: false, help: false, hubs: undefined });
  for (const given of ['tres', '0', '10', '']) {
    expect(() => readOptions(['--hubs', given])).toThrow('--hubs takes a number from 1 to 9, such as 3.');
  }
});
