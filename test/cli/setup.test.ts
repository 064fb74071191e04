import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startEmulator } from '../../demo/emulator/mod.ts';
import { freePort } from '../../demo/port.ts';
import { speaking } from '../../src/cli/language/say.ts';
import { answersOf, envWith } from '../../src/cli/setup/answers.ts';
import { copyMigratedFile } from '../support/migrated-database.ts';
import { serviceScript } from '../support/service-script.ts';

test('from a token and a domain to the service, its site and the link of the first account; again, with what is there', async () => {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  const shell = {
    TELEGRAM_BOT_TOKEN: emulator.token,
    TELEGRAM_API_ROOT: emulator.apiRoot,
    PORT: String(await freePort()),
  };
  const caddy = mkdtempSync(join(tmpdir(), 'hub-caddy-folder-'));
  onTestFinished(() => rmSync(caddy, { recursive: true, force: true }));
  const script = serviceScript({ ...shell, CADDY_DIR: caddy });
  const { project } = script;
  writeFileSync(join(caddy, 'Caddyfile'), ':80 {\n\tfile_server\n}\n');
  const env = join(project, '.env');
  const here = ['--folder', project];

  const written = await script.command(
    'setup',
    ...here,
    '--domain',
    'Bot.Made-Up.example',
    '--no-site',
    '--no-service',
    '--json',
  );
  expect({ code: written.code, stderr: written.stderr }).toEqual({
    code: 0,
    stderr: expect.stringContaining('Telegram knows the bot: @'),
  });
  expect(JSON.parse(written.stdout)).toMatchObject({ folder: project, domain: 'bot.made-up.example' });
  expect(statSync(env).mode & 0o777).toBe(0o600);
  const first = parseEnv(readFileSync(env, 'utf8'));
  expect(first).toMatchObject({
    PUBLIC_URL: 'https://bot.made-up.example',
    TELEGRAM_BOT_TOKEN: emulator.token,
    TELEGRAM_WEBHOOK_SECRET: expect.stringMatching(/^[0-9a-f]{48}$/),
    BACKUP_DIR: 'data/backups',
  });

  // The service of these tests does not really start, which would make the database.
  mkdirSync(join(project, 'data'));
  copyMigratedFile(join(project, 'data/hub.db'));
  const set = await script.command('setup', ...here, '--json');
  const { link } = JSON.parse(set.stdout);
  expect(link).toMatch(/^https:\/\/bot\.made-up\.example\/admin\/configurar#[\w-]{40,}$/);
  expect(parseEnv(readFileSync(env, 'utf8'))).toEqual(first);
  expect(script.is('active')).toBe(true);
  expect(script.unit).toContain(`\nWorkingDirectory=${project}\n`);
  expect(script.changes()).toContain('systemctl reload-or-restart caddy');
  expect(readFileSync(join(caddy, 'valletpv-hub.caddy'), 'utf8')).toContain('\nbot.made-up.example {\n');
  const imports = readFileSync(join(caddy, 'Caddyfile'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('import '));
  expect(imports).toEqual([`import ${caddy}/valletpv-hub.caddy`]);
});

test('a token that Telegram refuses writes nothing', async () => {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  const script = serviceScript({ TELEGRAM_BOT_TOKEN: '1:another', TELEGRAM_API_ROOT: emulator.apiRoot });
  const { code, stderr } = await script.command('setup', '--folder', script.project, '--polling');
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/Telegram refuses the token .*Nothing was written/),
  });
  expect(script.changes()).toEqual([]);
});

test('what is known is not asked for, and options win over it', async () => {
  const known = {
    TELEGRAM_BOT_TOKEN: '1:a',
    TELEGRAM_WEBHOOK_SECRET: 'kept-kept-kept-kept',
    PUBLIC_URL: 'https://a.example',
  };
  const answers = (options: Parameters<typeof answersOf>[1]) => speaking('en', () => answersOf(known, options));
  expect(await answers({})).toMatchObject({ ...known, TELEGRAM_MODE: 'webhook' });
  expect(await answers({ domain: 'b.example' })).toMatchObject({ PUBLIC_URL: 'https://b.example' });
  expect(await answers({ polling: true })).toEqual({
    TELEGRAM_BOT_TOKEN: '1:a',
    TELEGRAM_MODE: 'polling',
    BACKUP_DIR: 'data/backups',
  });
  for (const domain of ['https://a.example', 'localhost', 'a..example', 'a b.example', '-a.example', '']) {
    await expect(answers({ domain }), domain).rejects.toThrow('is no domain');
  }
  await expect(answers({ domain: 'a.example', polling: true })).rejects.toThrow('not both');
});

test('the values of an .env are changed in their lines, and the rest stays', () => {
  const text = '# A comment about A=1\nA=\nB=2 # kept\n';
  expect(envWith(text, { A: 'x$1&y', C: '3' })).toBe('# A comment about A=1\nA=x$1&y\nB=2 # kept\nC=3\n');
  expect(envWith('A=1', { B: '2' })).toBe('A=1\nB=2\n');
});
