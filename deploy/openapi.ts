/** Writes the OpenAPI document of the hub's routes, as JSON and as YAML: `openapi.ts <folder>`; the build does so. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { readConfig } from '../src/config/config.ts';
import { createHub } from '../src/hub/hub.ts';

const [target] = process.argv.slice(2);
if (target === undefined) throw new Error('Usage: openapi.ts <folder>');

const dir = mkdtempSync(join(tmpdir(), 'openapi-'));
const log = pino({ level: 'silent' });
const logs = { log, access: log, mask: (text: string) => text, dropped: () => 0, flush: async () => {} };
// It never listens, and asks Telegram for nothing.
const config = readConfig({
  DATABASE_URL: `sqlite:${join(dir, 'hub.db')}`,
  TELEGRAM_BOT_TOKEN: '1:made-up',
  TELEGRAM_MODE: 'polling',
  TELEGRAM_API_ROOT: 'http://127.0.0.1:9',
});
const { app, close } = await createHub(config, logs);
try {
  await app.ready();
  writeFileSync(join(target, 'openapi.json'), JSON.stringify(app.swagger()));
  writeFileSync(join(target, 'openapi.yaml'), app.swagger({ yaml: true }));
} finally {
  await close();
  rmSync(dir, { recursive: true, force: true });
}
