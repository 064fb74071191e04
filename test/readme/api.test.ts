import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ADMIN_TOKEN, startHub } from '../support/hub.ts';
import { ROOT, runProcess, startProcess } from '../support/process.ts';
import { readGuide } from '../support/readme.ts';

/** The Spanish pages have the same ones; readme.test.ts looks. */
const readme = readGuide('en');
const curls = readme.commands('bash').filter((command) => command.startsWith('curl '));

/** Runs the curl line that has this in it, and gives back what it printed. */
async function curl(part: string, env: Record<string, string>, cwd = ROOT): Promise<string> {
  const line = curls.find((command) => command.includes(part));
  const { code, stdout, stderr } = await runProcess(['-c', line ?? 'false'], { program: 'bash', env, cwd });
  expect({ code, stderr }, part).toEqual({ code: 0, stderr: '' });
  return stdout;
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hub-readme-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test('a TPV that works as its curl lines do gets a message and reports on it', async () => {
  const hub = await startHub({ env: { TPV_REGISTRATION: 'approval' } });
  const env: Record<string, string> = { ADMIN_TOKEN, HUB: hub.url };
  const json = async (part: string) => JSON.parse(await curl(part, env));
  const registered = await json('/register/');
  expect(registered).toMatchObject({ name: 'Bar La Esquina', is_active: false });
  env.TPV = registered.id;
  env.KEY = registered.api_key;
  expect(await json('/activate')).toEqual({ id: registered.id, is_active: true });
  expect(await json('/heartbeat/')).toMatchObject({ status: 'ok' });
  await hub.message(1, 'Hola, quiero hacer un pedido');
  const { count, instructions } = await json('status=pending');
  expect({ count, text: instructions[0].payload.text }).toEqual({ count: 1, text: 'Hola, quiero hacer un pedido' });
  env.ID = instructions[0].id;
  expect(await json('-X PUT')).toEqual({ status: 'ok', instruction_id: env.ID, new_status: 'completed' });
  expect(await curl('/metrics', env)).toMatch(/^hub_updates_total\{.*\} 1$/m);
});

test('a TPV that works as its curl lines do writes to a person, with buttons and files', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  const ana = hub.emulator.person({ id: 1001, first_name: 'Ana', started: true });
  const folder = temporaryFolder();
  const env: Record<string, string> = { HUB: hub.url, KEY: tpv.key, USER: '1001' };
  const json = async (part: string) => JSON.parse(await curl(part, env));
  await hub.emulatorDelivers();
  ana.sendPhoto({ bytes: Buffer.from('a picture'), name: 'plato.jpg' });
  await hub.emulator.drained();
  const [{ payload }] = (await tpv.fetch('/api/tpv/instructions/')).body.instructions;

  const ready = await json('Idempotency-Key');
  expect(ready).toMatchObject({ status: 'sent' });
  expect(await json('Idempotency-Key')).toEqual(ready);
  const asked = await json('"buttons": [[');
  ana.press(asked.telegram_message_id, '✅ Confirmar');
  await hub.emulator.drained();
  const [press] = (await tpv.fetch('/api/tpv/instructions/')).body.instructions;
  expect(press).toMatchObject({ command: 'process_callback', payload: { action: 'confirm', data: { order: 1 } } });
  expect(await json('-F document=')).toMatchObject({ status: 'sent' });
  expect(ana.chat.at(-1)).toMatchObject({ caption: 'Tu recibo', document: { file_name: 'README.md' } });

  env.PUSH = asked.push_message_id;
  expect(await json('curl -s $HUB/api/tpv/push/$PUSH/')).toEqual(asked);
  expect(await json('-X PATCH')).toMatchObject({ status: 'sent' });
  const changed = ana.chat.find(({ message_id: id }) => id === asked.telegram_message_id);
  expect(changed).toMatchObject({ text: 'Confirmado' });
  expect(changed).not.toHaveProperty('reply_markup');
  expect(await json('-X DELETE')).toEqual({ status: 'deleted', push_message_id: env.PUSH });
  expect(ana.chat.some(({ message_id: id }) => id === asked.telegram_message_id)).toBe(false);

  env.FILE = payload.attachments[0].file_id;
  await curl('-o file', env, folder);
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('a picture');
});

test('every curl line of it is run here', () => {
  expect(curls).toHaveLength(13);
});

test('its TPV over WebSocket answers a message', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  const dir = temporaryFolder();
  const program = readme
    .commands('js')
    .join('\n')
    .replace("'@valletpv/hub-client'", JSON.stringify(join(ROOT, 'client-sdk/src/mod.ts')))
    .replace('http://127.0.0.1:8100', hub.url);
  writeFileSync(join(dir, 'tpv.mjs'), program);
  const running = startProcess([join(dir, 'tpv.mjs')], { env: { TPV_API_KEY: tpv.key } });
  await running.waitFor(/online/);
  const person = hub.emulator.person({ id: 1001, first_name: 'Ana', started: true });
  const read = person.waitForMessage();
  await hub.message(1, '<Hola>');
  expect(await read).toMatchObject({ text: 'Recibido: <Hola>' });
  running.child.kill('SIGTERM');
  expect(await running.ended).toBe(0);
});
