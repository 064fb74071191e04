import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PASSWORD } from '../support/admin.ts';
import { fetchJson } from '../support/hub.ts';
import { startProcess } from '../support/process.ts';
import { testFolder } from '../support/test-folder.ts';
import { shareOfTestMs } from '../support/within.ts';

const LINK = /^Crea la primera cuenta: (http:\/\/127\.0\.0\.1:\d+)\/admin\/configurar#([\w-]{43})$/m;

test('the first start prints the set-up link, also where the logs go to files, and none holds its token', async () => {
  const folder = testFolder('setup');
  const logs = join(folder, 'logs');
  const start = () =>
    startProcess(['src/main.ts'], {
      env: {
        PORT: '0',
        DATABASE_URL: `sqlite:${join(folder, 'hub.db')}`,
        TELEGRAM_BOT_TOKEN: '1:a-made-up-token',
        TELEGRAM_API_ROOT: 'http://127.0.0.1:9',
        TELEGRAM_WEBHOOK_SECRET: 'a-made-up-webhook-secret',
        LOG_DIR: logs,
        LOG_LEVEL: 'trace',
      },
    });
  const first = start();
  const [, url = '', token = ''] = LINK.exec(await first.waitFor(LINK)) ?? [];
  const json = { token, name: 'ana', password: PASSWORD };
  const setUp = () => fetchJson(`${url}/api/admin/setup`, { method: 'POST', json, headers: { origin: url } });
  expect(await setUp()).toMatchObject({ status: 200, body: { name: 'ana', role: 'admin' } });
  expect((await setUp()).status).toBe(403);
  first.child.kill('SIGTERM');
  expect(await first.ended).toBe(0);
  expect(first.stdout.match(new RegExp(token, 'g'))).toHaveLength(1);
  const written = readdirSync(logs, { recursive: true, encoding: 'utf8' }).map((name) => join(logs, name));
  const text = written
    .map((path) => (existsSync(path) && /\.log$/.test(path) ? readFileSync(path, 'utf8') : ''))
    .join('');
  expect(text).toContain('/api/admin/setup');
  expect(text).not.toContain(token);
  expect(text).not.toContain(PASSWORD);

  const second = start();
  await expect
    .poll(() => readFileSync(join(logs, 'error.log'), 'utf8').split('"ValleTPV Hub is ready"').length, {
      timeout: shareOfTestMs(),
    })
    .toBe(3);
  second.child.kill('SIGTERM');
  expect(await second.ended).toBe(0);
  expect(second.stdout).toBe('');
});
