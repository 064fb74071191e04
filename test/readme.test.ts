import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { ADMIN_TOKEN, startHub } from './support/hub.ts';
import { ROOT, runProcess, startProcess } from './support/process.ts';

const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

function fences(language: string): string[] {
  return [...readme.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].flatMap(([, name, text = '']) =>
    name === language ? [text.trim()] : [],
  );
}

/** The lines of the bash blocks, those that go on after a backslash put together. */
const commands = fences('bash').flatMap((block) => block.replaceAll(/\\\n\s*/g, '').split('\n'));

test('it opens with the demo and the tests, and the latter is what a change has to pass', () => {
  expect(commands.slice(0, 2)).toEqual(['npm ci && npm run demo', 'npm ci && npm test']);
  const run = readFileSync(join(ROOT, '.ci/run'), 'utf8');
  const steps = run.split('\n').filter((line) => line !== '' && !/^(#|set |cd )/.test(line));
  expect(steps.join(' && ')).toBe(commands[1]);
});

test('every script and file that it names is there', () => {
  const named = [...readme.matchAll(/npm run ([\w:]+)/g)].map(([, name = '']) => name);
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
  const files = [...readme.matchAll(/\]\(([^)h][^)]*)\)|((?:src|test|\.ci)\/[\w./-]+)/g)].map(
    ([, link, path]) => link ?? path ?? '',
  );
  expect(files.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  expect(files.length).toBeGreaterThan(4);
});

test('the demo plays its order', async () => {
  expect(commands[2]).toBe('npm run demo -- --once');
  const { code, stdout } = await runProcess(['-c', commands[2] ?? ''], { program: 'bash' });
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('report "completed" committed') });
});

test('a TPV that works as its curl lines do gets a message and reports on it', async () => {
  const hub = await startHub({ env: { TPV_REGISTRATION: 'approval' } });
  const env: Record<string, string> = { ADMIN_TOKEN, HUB: hub.url };
  const curl = async (part: string) => {
    const line = commands.find((command) => command.startsWith('curl ') && command.includes(part));
    const { code, stdout, stderr } = await runProcess(['-c', line ?? 'false'], { program: 'bash', env });
    expect({ code, stderr }, part).toEqual({ code: 0, stderr: '' });
    return JSON.parse(stdout);
  };
  const registered = await curl('/register/');
  expect(registered).toMatchObject({ name: 'Bar La Esquina', is_active: false });
  env.TPV = registered.id;
  env.KEY = registered.api_key;
  expect(await curl('/activate')).toEqual({ id: registered.id, is_active: true });
  expect(await curl('/heartbeat/')).toMatchObject({ status: 'ok' });
  await hub.message(1, 'Hola, quiero hacer un pedido');
  const { count, instructions } = await curl('status=pending');
  expect({ count, text: instructions[0].payload.text }).toEqual({ count: 1, text: 'Hola, quiero hacer un pedido' });
  env.ID = instructions[0].id;
  expect(await curl('-X PUT')).toEqual({ status: 'ok', instruction_id: env.ID, new_status: 'completed' });
  expect(await curl('/webhook/info/')).toMatchObject({ status: 'active', problems: expect.any(Array) });
});

test('a TPV that works as its curl lines do writes to a person, with buttons and files', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  const ana = hub.emulator.person({ id: 1001, first_name: 'Ana', started: true });
  const folder = mkdtempSync(join(tmpdir(), 'hub-readme-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const env: Record<string, string> = { HUB: hub.url, KEY: tpv.key, USER: '1001' };
  const curl = async (part: string, cwd = ROOT) => {
    const line = commands.find((command) => command.startsWith('curl ') && command.includes(part));
    const { code, stdout, stderr } = await runProcess(['-c', line ?? 'false'], { program: 'bash', env, cwd });
    expect({ code, stderr }, part).toEqual({ code: 0, stderr: '' });
    return stdout === '' ? undefined : JSON.parse(stdout);
  };
  await hub.emulatorDelivers();
  ana.sendPhoto({ bytes: Buffer.from('a picture'), name: 'plato.jpg' });
  await hub.emulator.drained();
  const [{ payload }] = (await tpv.fetch('/api/tpv/instructions/')).body.instructions;

  const ready = await curl('Idempotency-Key');
  expect(ready).toMatchObject({ status: 'sent' });
  expect(await curl('Idempotency-Key')).toEqual(ready);
  const asked = await curl('"buttons": [[');
  ana.press(asked.telegram_message_id, '✅ Confirmar');
  await hub.emulator.drained();
  const [press] = (await tpv.fetch('/api/tpv/instructions/')).body.instructions;
  expect(press).toMatchObject({ command: 'process_callback', payload: { action: 'confirm', data: { order: 1 } } });
  expect(await curl('-F document=')).toMatchObject({ status: 'sent' });
  expect(ana.chat.at(-1)).toMatchObject({ caption: 'Tu recibo', document: { file_name: 'README.md' } });

  env.PUSH = asked.push_message_id;
  expect(await curl('curl -s $HUB/api/tpv/push/$PUSH/')).toEqual(asked);
  expect(await curl('-X PATCH')).toMatchObject({ status: 'sent' });
  const changed = ana.chat.find(({ message_id: id }) => id === asked.telegram_message_id);
  expect(changed).toMatchObject({ text: 'Confirmado' });
  expect(changed).not.toHaveProperty('reply_markup');
  expect(await curl('-X DELETE')).toEqual({ status: 'deleted', push_message_id: env.PUSH });
  expect(ana.chat.some(({ message_id: id }) => id === asked.telegram_message_id)).toBe(false);

  env.FILE = payload.attachments[0].file_id;
  await curl('-o file', folder);
  expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('a picture');
});

test('every curl line of it is run here', () => {
  expect(commands.filter((command) => command.startsWith('curl '))).toHaveLength(13);
});

test('its TPV over WebSocket answers a message', async () => {
  const hub = await startHub();
  const tpv = await hub.tpv();
  const dir = mkdtempSync(join(tmpdir(), 'hub-readme-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const program = (fences('js')[0] ?? '')
    .replace("'@valletpv/hub-client'", JSON.stringify(join(ROOT, 'client-sdk/src/mod.ts')))
    .replace('http://127.0.0.1:8100', hub.url);
  writeFileSync(join(dir, 'tpv.mjs'), program);
  const running = startProcess([join(dir, 'tpv.mjs')], { env: { TPV_API_KEY: tpv.key } });
  await running.waitFor(/online/);
  const reported = new Promise<void>((resolve) => {
    hub.hub.events.on('instruction.reported', ({ status }) => status === 'completed' && resolve());
  });
  await hub.message(1, 'Hola');
  await reported;
  const { body } = await tpv.fetch('/api/tpv/instructions/?status=completed');
  expect(body.instructions).toMatchObject([{ response: { text: 'Recibido: Hola' } }]);
  running.child.kill('SIGTERM');
  expect(await running.ended).toBe(0);
});
