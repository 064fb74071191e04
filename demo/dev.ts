import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createServer } from 'vite';
import { closeAtEnd } from '../src/process/end.ts';
import { startEmulator } from './emulator/mod.ts';
import { operator } from './operator.ts';
import { freePort } from './port.ts';
import { openRestaurant } from './restaurant.ts';
import { LOGIN } from './town.ts';

/**
 * The hub as who works on it wants it: it starts anew whenever a file of it changes, against the demo's emulator and
 * with one restaurant, which both stay; and the panel from its sources, where a change shows without a build.
 */

/** Those of the demo, and the one after them. */
const [HUB_PORT, CHAT_PORT, PANEL_PORT] = [8100, 8101, 8102];
const RESTAURANT = 'Bar La Esquina';
/** What the panel's pages ask the hub for. */
const OF_THE_HUB = ['/api', '/docs'];
const START_MS = 60_000;
const END_MS = 30_000;

const ROOT = join(import.meta.dirname, '..');
const endings: (() => unknown)[] = [];
let ending = false;

closeAtEnd(END_MS, async ({ err }) => {
  ending = true;
  if (err !== undefined) console.error(err);
  for (let end = endings.pop(); end !== undefined; end = endings.pop()) await end();
});

const { values: options } = parseArgs({ options: { 'any-ports': { type: 'boolean' } } });
// Two that start in the same second would find the same wanted ports free.
const wanted = (port: number) => (options['any-ports'] === true ? 0 : port);
const ports = {
  hub: await freePort(wanted(HUB_PORT)),
  chat: await freePort(wanted(CHAT_PORT)),
  panel: await freePort(wanted(PANEL_PORT)),
};
const hubUrl = `http://127.0.0.1:${ports.hub}`;
const folder = mkdtempSync(join(tmpdir(), 'valletpv-dev-'));
endings.push(() => rmSync(folder, { recursive: true, force: true }));
const emulator = await startEmulator({ port: ports.chat, onEvent: () => {} });
endings.push(() => emulator.close());

const adminToken = randomBytes(24).toString('base64url');
startHub(adminToken);
await emulator.waitForCall(({ method, outcome }) => method === 'setWebhook' && outcome.ok, START_MS);

const admin = operator(hubUrl, adminToken);
await admin.change('POST', '/api/admin/accounts', { ...LOGIN, role: 'admin' });
const restaurant = await openRestaurant({
  hubUrl,
  name: RESTAURANT,
  admitted: (tpvId) => admin.change('POST', `/api/admin/tpvs/${tpvId}/activate`),
  received: () => {},
  answered: () => {},
});
endings.push(() => restaurant.close());

const vite = await createServer({
  root: join(ROOT, 'panel'),
  clearScreen: false,
  logLevel: 'warn',
  server: {
    host: '127.0.0.1',
    port: ports.panel,
    strictPort: true,
    // The hub sees the address that the browser asked for: it takes changes from its own pages alone.
    proxy: Object.fromEntries(OF_THE_HUB.map((path) => [path, { target: hubUrl, changeOrigin: false }])),
  },
});
endings.push(() => vite.close());
await vite.listen();

console.log(`
  panel        http://127.0.0.1:${ports.panel}/admin/   (name: ${LOGIN.name}, password: ${LOGIN.password}; from its sources)
  chat page    ${emulator.apiRoot}/        (you, as a person who writes to the bot)
  hub          ${hubUrl}/        (starts anew when a file of it changes; its panel is the built one)
  API docs     ${hubUrl}/docs
  TPV          "${RESTAURANT}", connected to the hub by WebSocket

Ctrl+C ends it.`);

/** Starts the hub in a process of its own, away from an .env that may lie in the project's folder. */
function startHub(adminToken: string): void {
  const args = ['--watch', '--watch-preserve-output', join(ROOT, 'src/main.ts')];
  const hub = spawn(process.execPath, args, {
    cwd: folder,
    stdio: 'inherit',
    env: {
      PATH: process.env.PATH ?? '',
      LOG_LEVEL: 'warn',
      PORT: String(ports.hub),
      DATABASE_URL: `sqlite:${join(folder, 'hub.db')}`,
      TELEGRAM_BOT_TOKEN: emulator.token,
      TELEGRAM_API_ROOT: emulator.apiRoot,
      TELEGRAM_WEBHOOK_URL: `${hubUrl}/webhook/telegram/`,
      TELEGRAM_WEBHOOK_SECRET: 'only-for-the-demo-on-this-machine',
      ADMIN_TOKEN: adminToken,
    },
  });
  const ended = once(hub, 'exit');
  endings.push(() => {
    hub.kill('SIGTERM');
    return ended;
  });
  hub.on('exit', () => {
    if (!ending) process.kill(process.pid, 'SIGTERM');
  });
}
