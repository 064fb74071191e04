import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startEmulator } from '../../demo/emulator/mod.ts';
import { fetchJson, WEBHOOK_SECRET } from '../support/hub.ts';
import { ROOT, runProcess, startProcess } from '../support/process.ts';

const dockerfile = readFileSync(join(ROOT, 'deploy/Dockerfile'), 'utf8');

/** The arguments of an instruction, wherever it is. */
function instructions(name: string): string[] {
  return [...dockerfile.matchAll(new RegExp(`^(?: *)${name} (.+)$`, 'gm'))].map(([, rest = '']) => rest);
}

/** What the image holds in /app, but for the packages, which are the repository's; gone with the test. */
function imageFolder(): { app: string; data: string } {
  const dir = mkdtempSync(join(tmpdir(), 'hub-image-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const app = join(dir, 'app');
  for (const copy of instructions('COPY')) {
    const paths = copy.split(' ');
    const to = join(app, paths.pop() ?? '');
    for (const path of paths) {
      const target = copy.endsWith('/') ? join(to, path.split('/').pop() ?? '') : to;
      cpSync(join(ROOT, path), target, { recursive: true });
    }
  }
  symlinkSync(join(ROOT, 'node_modules'), join(app, 'node_modules'));
  const data = join(dir, 'data');
  mkdirSync(data);
  return { app, data };
}

/** The command of CMD or HEALTHCHECK without its `node`, with the image's folder where the test has it. */
function command(text: string | undefined, app: string): string[] {
  const [node, ...args]: string[] = JSON.parse(text ?? '[]');
  expect(node).toBe('node');
  return args.map((arg) => arg.replace('/app/', `${app}/`));
}

test('the image holds all that the hub needs, keeps everything in its volume, and knows whether the hub is ready', async () => {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.close());
  const { app, data } = imageFolder();
  const [health, start] = instructions('CMD').map((text) => command(text, app));
  const before = globSync('**', { cwd: app, exclude: ['node_modules/**'] });
  const running = startProcess(start ?? [], {
    // The image's working directory is the one above its volume.
    cwd: join(data, '..'),
    env: {
      HOST: '0.0.0.0',
      PORT: '0',
      TELEGRAM_BOT_TOKEN: emulator.token,
      TELEGRAM_WEBHOOK_SECRET: WEBHOOK_SECRET,
      TELEGRAM_API_ROOT: emulator.apiRoot,
    },
  });
  const { port } = new URL(JSON.parse(`{${await running.waitFor(/"address":"[^"]+"/)}}`).address);
  expect((await fetchJson(`http://127.0.0.1:${port}/readyz`)).status).toBe(200);
  expect((await fetchJson(`http://127.0.0.1:${port}/`)).status).toBe(200);
  expect((await fetchJson(`http://127.0.0.1:${port}/docs/`)).status).toBe(200);
  expect((await runProcess(health ?? [], { env: { PORT: port } })).code).toBe(0);
  running.child.kill('SIGTERM');
  expect(await running.ended).toBe(0);
  expect((await runProcess(health ?? [], { env: { PORT: port } })).code).toBe(1);
  expect(globSync('**', { cwd: app, exclude: ['node_modules/**'] })).toEqual(before);
  expect(globSync('hub.db', { cwd: data })).toEqual(['hub.db']);
});

test('what the image copies is let in, and secrets and data are not', () => {
  const lines = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
  const [first, ...rest] = lines.filter((line) => line !== '' && !line.startsWith('#'));
  // Nothing gets in but what is named.
  expect(first).toBe('*');
  const allowed = rest.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  const copied = instructions('COPY').flatMap((copy) => copy.split(' ').slice(0, -1));
  // Where a folder is let in but for most of its contents, those that are meant are named besides.
  const folders = ['client-sdk', 'panel'];
  expect(allowed.filter((path) => !folders.includes(path)).sort()).toEqual(copied.sort());
});
