import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startEmulator } from '../../demo/emulator/mod.ts';
import { freePort } from '../../demo/port.ts';
import { openLogs } from '../../src/log/log.ts';
import { PASSWORD } from '../support/admin.ts';
import { djangoDatabase } from '../support/django.ts';
import { ADMIN_TOKEN, freshDatabase, startHub, type TestHub, WEBHOOK_SECRET } from '../support/hub.ts';
import { ROOT, runProcess, startProcess } from '../support/process.ts';
import { readGuide } from '../support/readme.ts';
import { expectReady } from '../support/ready.ts';
import { PROGRAMS_MS } from '../support/within.ts';

/** The Spanish pages have the same ones; readme.test.ts looks. */
const readme = readGuide('en');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const NPX = /^npx valletpv-hub /;
/** In the order in which a reader meets them; those beside a service too. */
const lines = readme.blocks.flatMap(({ language, text }) =>
  ['bash', 'sh'].includes(language) ? text.split('\n').filter((line) => NPX.test(line)) : [],
);

/** What each line prints that begins with this; `stopped`: the hub must not run. */
const PRINTS: readonly { line: string; prints: RegExp; stopped?: true }[] = [
  { line: 'admin create', prints: /ana/ },
  { line: 'doctor', prints: /^✓ socket .*\n[\s\S]*All is well/m },
  { line: 'admin reset-password', prints: /ana/ },
  { line: 'admin alarms', prints: /backup_late +heard/ },
  { line: 'maintenance begin', prints: /No person is told of alarms/ },
  { line: 'maintenance list', prints: /nuevo router/ },
  { line: 'tpv list', prints: /Bar La Esquina/ },
  { line: 'tpv import-key', prints: /Bar La Esquina/ },
  { line: 'tpv join-code', prints: /\w{6,}/ },
  { line: 'tpv service "Bar La Esquina" paused', prints: /cocina averiada/ },
  { line: 'tpv service "Bar La Esquina" open', prints: /open/ },
  { line: 'tpv service', prints: /open/ },
  { line: 'user list --unassigned', prints: /1001.*Ana/ },
  { line: 'user assign', prints: /Bar La Esquina/ },
  { line: 'logs --since 1d', prints: /POST \/webhook\/telegram\/ 200/ },
  { line: 'webhook info', prints: /\/webhook\/telegram\// },
  { line: 'webhook set', prints: /\/webhook\/telegram\// },
  { line: 'instruction list --status pending', prints: /Hola|process_message/ },
  { line: 'instruction show', prints: /process_message/ },
  { line: 'backup', prints: /hub-copy\.db/ },
  { line: 'restore', prints: /before-restore/, stopped: true },
  { line: 'migrate --status', prints: /up to date/ },
  { line: 'migrate --to', prints: /DATABASE_URL/, stopped: true },
  { line: 'import django --database db.sqlite3 --apply', prints: /made/ },
  { line: 'import django --database db.sqlite3', prints: /to make/ },
];

function place(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hub-readme-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A hub in a folder as an operator's is, with somebody who waits for a TPV. */
async function operated(): Promise<{ hub: TestHub; folder: string; env: Record<string, string> }> {
  const folder = place();
  const port = String(await freePort());
  const logs = await openLogs({ level: 'info', dir: join(folder, 'logs') });
  const hub = await startHub({ logs, env: { PORT: port, ROUTING_STRATEGY: 'specific' } });
  await hub.emulatorDelivers();
  await hub.tpv({ name: 'Bar La Esquina' });
  const ana = hub.emulator.person({ id: 1001, first_name: 'Ana', started: true });
  ana.send('Hola');
  await hub.emulator.drained();
  const { body } = await hub.admin('/api/admin/instructions');
  const pushed = await hub.admin('/api/admin/users/1001/messages', { method: 'POST', json: { text: 'Un momento' } });
  await logs.flush();
  return {
    hub,
    folder,
    env: {
      PORT: port,
      PUBLIC_URL: hub.url,
      DATABASE_URL: hub.databaseUrl,
      TELEGRAM_BOT_TOKEN: hub.emulator.token,
      TELEGRAM_WEBHOOK_SECRET: WEBHOOK_SECRET,
      TELEGRAM_API_ROOT: hub.emulator.apiRoot,
      ADMIN_TOKEN,
      CLI: join(ROOT, 'src/cli/main.ts'),
      USER: '1001',
      ID: body.items[0].id,
      PUSH: pushed.body.push_message_id,
    },
  };
}

test('each line of the command line does what it says, one after the other', { timeout: PROGRAMS_MS }, async () => {
  const { hub, folder, env } = await operated();
  writeFileSync(join(folder, 'password.txt'), `${PASSWORD}\n`);
  writeFileSync(join(folder, 'key.txt'), 'the-key-that-it-was-installed-with\n');
  writeFileSync(join(folder, 'postgres-url.txt'), `${await freshDatabase('postgres')}\n`);
  copyFileSync(await djangoDatabase('sqlite', {}), join(folder, 'db.sqlite3'));
  const used = new Set<string>();
  for (const line of lines) {
    const known = PRINTS.find((one) => line.replace(NPX, '').startsWith(one.line));
    if (known === undefined) throw new Error(`Nothing is known of: ${line}`);
    used.add(known.line);
    if (known.stopped) await hub.close();
    // npx is for those who have the project's folder around them; a password is typed, or comes as here.
    const shell = `npx() { shift; node "$CLI" "$@"; }\n${line}${line.includes(' admin ') ? ' < password.txt' : ''}`;
    const { code, stdout, stderr } = await runProcess(['-c', shell], { program: 'bash', env, cwd: folder });
    expect({ line, code, stderr, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(known.prints),
    });
  }
  expect(PRINTS.filter(({ line }) => !used.has(line))).toEqual([]);
});

test('each look into the logs of a hub finds what it looks for', async () => {
  const { folder, env } = await operated();
  const greps = readme.commands('bash').filter((line) => line.startsWith('grep '));
  expect(greps).toHaveLength(3);
  for (const line of greps) {
    const { code, stdout, stderr } = await runProcess(['-c', line], { program: 'bash', env, cwd: folder });
    expect({ line, code, stderr }).toEqual({ line, code: 0, stderr: '' });
    expect(stdout).toContain(line.includes('$PUSH') ? '"push":"sent"' : '"path":"/webhook/telegram/"');
  }
});

test('a start from a fresh .env listens, and prints the link for the first account', async () => {
  const folder = place();
  copyFileSync(join(ROOT, '.env.example'), join(folder, '.env.example'));
  const copy = readme.commands('bash').find((line) => line.startsWith('cp '));
  expect(await runProcess(['-c', copy ?? 'false'], { program: 'bash', cwd: folder })).toMatchObject({ code: 0 });
  expect(existsSync(join(folder, '.env'))).toBe(true);

  expect(readme.commands('bash')).toContain('npm start');
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  const env = {
    PORT: '0',
    DATABASE_URL: `sqlite:${join(folder, 'data/hub.db')}`,
    TELEGRAM_BOT_TOKEN: emulator.token,
    TELEGRAM_MODE: 'polling',
    TELEGRAM_API_ROOT: emulator.apiRoot,
  };
  // What npm runs.
  const hub = startProcess(['-c', scripts.start], { program: 'bash', env, cwd: ROOT });
  const link = new URL((await hub.waitFor(/http:\S+\/admin\/configurar#\S+(?=\n)/)).trim());
  await expectReady(link);
  hub.child.kill('SIGTERM');
  expect(await hub.ended).toBe(0);
});

test('every line of bash in it is run by one of these files', () => {
  const known = /^(npm (ci|start|run demo -- --once)\b|cp |curl |grep |npx valletpv-hub |[A-Z_]+=)/;
  expect(readme.commands('bash').filter((line) => !known.test(line))).toEqual([]);
});
