import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startEmulator } from '../../demo/emulator/mod.ts';
import { fetchJson, WEBHOOK_SECRET } from '../support/hub.ts';
import { ROOT, runProcess, startProcess } from '../support/process.ts';
import { expectReady } from '../support/ready.ts';

const dockerfile = readFileSync(join(ROOT, 'deploy/Dockerfile'), 'utf8');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** Its stages: the one that builds, and the one that is kept. */
const [building = '', kept = ''] = dockerfile.split(/^FROM /m).slice(1);

/** The arguments of an instruction of a stage, wherever it is. */
function instructions(name: string, stage: string): string[] {
  return [...stage.matchAll(new RegExp(`^(?: *)${name} (.+)$`, 'gm'))].map(([, rest = '']) => rest);
}

/** What a stage takes, and where to; paths of this repository, or of the stage that builds. */
function copies(stage: string): { fromBuild: boolean; paths: string[]; to: string }[] {
  return instructions('COPY', stage).map((line) => {
    const words = line.split(' ');
    const fromBuild = words[0] === '--from=build';
    return { fromBuild, paths: words.slice(fromBuild ? 1 : 0, -1), to: words.at(-1) ?? '' };
  });
}

/** Makes what a stage has in /app, but for the packages, which are the repository's. */
function makeStage(stage: string, app: string, built?: string): void {
  for (const { fromBuild, paths, to } of copies(stage)) {
    for (const path of paths) {
      const source = fromBuild ? path.replace(/^\/app/, built ?? '') : join(ROOT, path);
      cpSync(source, join(app, to, to.endsWith('/') ? basename(path) : ''), { recursive: true });
    }
  }
  symlinkSync(join(ROOT, 'node_modules'), join(app, 'node_modules'));
}

/** The image's /app, built as the image is; gone with the test. */
async function imageFolder(): Promise<{ app: string; data: string }> {
  const dir = mkdtempSync(join(tmpdir(), 'hub-image-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const [build, app, data] = ['build', 'app', 'data'].map((name) => {
    const path = join(dir, name);
    mkdirSync(path);
    return path;
  }) as [string, string, string];
  makeStage(building, build);
  expect(instructions('RUN', building)).toContain('npm run build');
  const [node, ...args] = scripts.build.split(' ');
  expect(node).toBe('node');
  expect(await runProcess(args, { cwd: build })).toEqual({ code: 0, stdout: '', stderr: '' });
  makeStage(kept, app, build);
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
  const { app, data } = await imageFolder();
  const [health, start] = instructions('CMD', kept).map((text) => command(text, app));
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
  await expectReady(`http://127.0.0.1:${port}`);
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
  const copied = [building, kept]
    .flatMap(copies)
    .filter(({ fromBuild }) => !fromBuild)
    .flatMap(({ paths }) => paths);
  // What lies in a folder that is let in needs no line of its own.
  const named = copied.filter((path) => !copied.some((other) => path.startsWith(`${other}/`)));
  // Of some folders only what is named besides is let in.
  expect(allowed.filter((path) => !['client-sdk', 'deploy'].includes(path)).sort()).toEqual([...new Set(named)].sort());
});
