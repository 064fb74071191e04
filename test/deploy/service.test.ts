import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { freePort } from '../../demo/port.ts';
import { DEBIAN_INSTALL_MS, debianProgram } from '../support/debian.ts';
import { startHub } from '../support/hub.ts';
import { ROOT } from '../support/process.ts';
import { type ServiceScript, serviceScript } from '../support/service-script.ts';

const COMMANDS = [
  'install',
  'start',
  'stop',
  'restart',
  'status',
  'logs',
  'logs-error',
  'logs-access',
  'upgrade',
  'uninstall',
];
/** systemd's own measure of what a service could do if it were taken over: 10 is everything, below 2 is "OK". */
const MAX_EXPOSURE = 1.6;

beforeAll(async () => {
  await debianProgram('shellcheck', 'shellcheck');
  await debianProgram('systemd-analyze', 'systemd');
}, DEBIAN_INSTALL_MS);

async function configured(variables: Record<string, string> = {}): Promise<ServiceScript> {
  const script = serviceScript();
  script.writeEnv({
    PORT: String(await freePort()),
    TELEGRAM_BOT_TOKEN: '1:made-up',
    TELEGRAM_MODE: 'polling',
    ...variables,
  });
  return script;
}

async function installed(variables: Record<string, string> = {}): Promise<ServiceScript> {
  const script = await configured(variables);
  expect(await script.run('install')).toMatchObject({ code: 0, stderr: '' });
  script.changes();
  return script;
}

async function takenPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  // A TCP server's address is an object.
  return String((server.address() as AddressInfo).port);
}

test('the scripts have no fault that shellcheck knows', async () => {
  const shellcheck = await debianProgram('shellcheck', 'shellcheck');
  const scripts = [
    'deploy/manage_webhook_service.sh',
    'test/support/debian-install.sh',
    'test/support/service-stub.sh',
  ];
  expect(() => execFileSync(shellcheck, scripts, { cwd: ROOT, encoding: 'utf8' })).not.toThrow();
});

test('the script alone names every command', async () => {
  const { code, stdout } = await serviceScript().run();
  expect(code).toBe(0);
  for (const command of COMMANDS) expect(stdout).toContain(`\n  ${command} `);
});

test('what is no command is refused with all that are', async () => {
  const { code, stderr } = await serviceScript().run('instal');
  expect([code, stderr]).toEqual([64, expect.stringContaining('«instal» no es una orden')]);
  for (const command of COMMANDS) expect(stderr).toContain(`\n  ${command} `);
});

test('install makes the user, the folders and the unit, and enables it', async () => {
  const script = await configured();
  expect(await script.run('install')).toMatchObject({ code: 0, stderr: '' });
  const changes = script.changes();
  expect(changes.map((change) => change.split(' ').slice(0, 2).join(' '))).toEqual([
    'useradd --system',
    'install -d',
    'install -d',
    'chgrp --',
    'systemctl daemon-reload',
    'systemctl enable',
  ]);
  const { project, unit } = script;
  expect(changes).toContain(`install -d -m 700 -o valletpv -g valletpv -- ${project}/data`);
  expect(statSync(join(project, '.env')).mode & 0o777).toBe(0o640);
  expect(unit).toContain(`\nExecStart=${process.execPath} program/src/process/launch.cjs program/dist/src/main.js\n`);
  expect(unit).toContain(`\nWorkingDirectory=${project}\n`);
  expect(unit).toContain(`\nReadWritePaths=${project}/data ${project}/logs\n`);
  expect(unit).toContain('\nUser=valletpv\n');
  expect(unit).not.toMatch(/@[A-Z_]+@/);
});

test('install again changes nothing', async () => {
  const script = await installed();
  const before = statSync(script.unitPath).mtimeMs;
  const { code, stdout } = await script.run('install');
  expect([code, stdout]).toEqual([0, expect.stringContaining('ya estaba al día')]);
  expect(script.changes().filter((change) => /^(useradd|systemctl)/.test(change))).toEqual([]);
  expect(statSync(script.unitPath).mtimeMs).toBe(before);
});

test('the unit is what systemd understands, and leaves a service little to do harm with', async () => {
  const { unitPath } = await installed();
  const analyze = await debianProgram('systemd-analyze', 'systemd');
  const said = execFileSync('/bin/sh', ['-c', '"$0" verify "$1" 2>&1', analyze, unitPath], { encoding: 'utf8' });
  // Known from systemd 254 on; an older one says that it does without.
  expect(said.split('\n').filter((line) => !/RestartSteps|RestartMaxDelaySec/.test(line))).toEqual(['']);
  const threshold = ['security', '--offline=yes', `--threshold=${MAX_EXPOSURE * 10}`, '--no-pager', unitPath];
  expect(() => execFileSync(analyze, threshold, { stdio: 'pipe' })).not.toThrow();
});

test.each(['install', 'start', 'stop', 'restart', 'logs-error', 'logs-access', 'uninstall'])(
  '%s by somebody who is not root says how, and changes nothing',
  async (command) => {
    const script = await configured();
    script.set('uid', '1000\n');
    const { code, stderr } = await script.run(command);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(new RegExp(`sudo .*manage_webhook_service.sh ${command}\n$`)),
    ]);
    expect(script.changes()).toEqual([]);
  },
);

test.each(['start', 'stop', 'restart', 'status', 'logs'])('%s before install says so', async (command) => {
  const script = await configured();
  const { code, stderr } = await script.run(command);
  expect([code, stderr]).toEqual([1, expect.stringContaining('El servicio no está instalado')]);
  expect(script.changes()).toEqual([]);
});

test('install without its packages asks for npm ci', async () => {
  const script = await configured();
  rmSync(join(script.project, 'node_modules'));
  const { code, stderr } = await script.run('install');
  expect([code, stderr]).toEqual([1, expect.stringContaining('npm ci')]);
  expect(script.changes()).toEqual([]);
});

test('install without .env says how to begin', async () => {
  const script = serviceScript();
  const { code, stderr } = await script.run('install');
  expect([code, stderr]).toEqual([1, expect.stringContaining(`install -m 600 ${script.project}/.env.example`)]);
  expect(script.changes()).toEqual([]);
});

test('a .env that everybody may read is refused', async () => {
  const script = await configured();
  script.writeEnv({ TELEGRAM_BOT_TOKEN: '1:made-up', TELEGRAM_MODE: 'polling' }, 0o644);
  const { code, stderr } = await script.run('install');
  expect([code, stderr]).toEqual([1, expect.stringContaining(`chmod 600 ${script.project}/.env`)]);
  expect(script.changes()).toEqual([]);
});

test('a wrong .env gets every fault in the words of the hub, and a running hub goes on', async () => {
  const script = await installed();
  script.set('active');
  script.writeEnv({ TELEGRAM_MODE: 'pigeon', ROUTING_STRATEGY: 'luck' });
  for (const command of ['install', 'restart']) {
    const { code, stderr } = await script.run(command);
    expect(code).toBe(78);
    for (const name of ['TELEGRAM_BOT_TOKEN', 'TELEGRAM_MODE', 'ROUTING_STRATEGY']) expect(stderr).toContain(name);
  }
  expect(script.changes()).toEqual([]);
});

test('variables of the shell are not taken for those of .env', async () => {
  const script = serviceScript({ TELEGRAM_BOT_TOKEN: '1:made-up' });
  script.writeEnv({ TELEGRAM_MODE: 'polling' });
  const { code, stderr } = await script.run('install');
  expect([code, stderr]).toEqual([78, expect.stringContaining('TELEGRAM_BOT_TOKEN')]);
});

test('a port that another program has is refused; the own is not', async () => {
  const script = await configured({ PORT: await takenPort() });
  const { code, stderr } = await script.run('install');
  expect([code, stderr]).toEqual([1, expect.stringContaining('ocupado por otro programa')]);
  expect(script.changes()).toEqual([]);
  script.set('active');
  expect((await script.run('install')).code).toBe(0);
});

test('data next to the program, in a home or in a folder of others is refused', async () => {
  const others = mkdtempSync(join(tmpdir(), 'hub-others-'));
  onTestFinished(() => rmSync(others, { recursive: true, force: true }));
  for (const path of ['./hub.db', '../hub.db', '/home/ana/data/hub.db', './da ta/hub.db', `${others}/hub.db`]) {
    const script = await configured({ DATABASE_URL: `sqlite:${path}` });
    const { code, stderr } = await script.run('install');
    expect([code, stderr]).toEqual([1, expect.stringContaining('elige una carpeta solo para ellos')]);
    expect(script.changes()).toEqual([]);
  }
});

test('data in a new folder elsewhere becomes what the service may write to', async () => {
  const parent = mkdtempSync(join(tmpdir(), 'hub-elsewhere-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const script = await installed({ DATABASE_URL: `sqlite:${parent}/hub/hub.db` });
  expect(script.unit).toContain(`\nReadWritePaths=${parent}/hub ${script.project}/logs\n`);
});

test('start waits for the hub and says where it is; again, that it runs', async () => {
  const port = String(await freePort());
  const script = await installed({ PORT: port });
  const first = await script.run('start');
  expect([first.code, first.stdout]).toEqual([0, `El hub atiende en http://127.0.0.1:${port}/\n`]);
  expect(script.changes()).toEqual(['systemctl start valletpv-hub']);
  const again = await script.run('start');
  expect([again.code, again.stdout]).toEqual([0, 'El hub ya está en marcha.\n']);
  expect(script.changes()).toEqual([]);
});

test('a hub that does not start shows what it wrote last', async () => {
  const script = await installed();
  script.set('broken');
  const { code, stderr } = await script.run('start');
  expect([code, stderr]).toEqual([1, expect.stringContaining('what the service wrote')]);
});

test('a restart after the configuration moved the data says what the unit lacks', async () => {
  const script = await installed();
  script.writeEnv({
    TELEGRAM_BOT_TOKEN: '1:made-up',
    TELEGRAM_MODE: 'polling',
    DATABASE_URL: 'sqlite:./data/b/hub.db',
  });
  script.set('active');
  const { code, stdout } = await script.run('restart');
  expect([code, stdout]).toEqual([0, expect.stringContaining('install lo pone al día')]);
  expect(script.changes()).toEqual(['systemctl restart valletpv-hub']);
});

test('stop stops it, and again is fine', async () => {
  const script = await installed();
  script.set('active');
  for (let i = 0; i < 2; i++) expect(await script.run('stop')).toMatchObject({ code: 0 });
  expect(script.is('active')).toBe(false);
});

test('status asks the hub itself', async () => {
  const PORT = String(await freePort());
  const hub = await startHub({ env: { PORT } });
  const script = await installed({ PORT: '0' });
  script.writeEnv({ TELEGRAM_BOT_TOKEN: '1:made-up', TELEGRAM_MODE: 'polling', PORT });
  expect((await script.run('status')).code).toBe(3);
  script.set('active');
  const ready = await script.run('status');
  expect([ready.code, ready.stdout]).toEqual([0, 'El hub puede atender.\n']);
  await hub.close();
  const gone = await script.run('status');
  expect([gone.code, gone.stdout]).toEqual([
    1,
    expect.stringContaining('El hub no puede atender:\nconnect ECONNREFUSED'),
  ]);
});

test('the three logs are followed', async () => {
  const script = await installed();
  expect((await script.run('logs')).code).toBe(0);
  expect(script.changes()).toEqual(['journalctl --unit valletpv-hub --lines 100 --follow']);
  for (const name of ['error', 'access']) {
    const none = await script.run(`logs-${name}`);
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining(`${script.project}/logs/${name}.log`)]);
    mkdirSync(join(script.project, 'logs'), { recursive: true });
    writeFileSync(join(script.project, `logs/${name}.log`), '');
    expect((await script.run(`logs-${name}`)).code).toBe(0);
    expect(script.changes()).toEqual([`tail -n 100 -F -- ${script.project}/logs/${name}.log`]);
  }
});

test('upgrade wants the package of the new version, and runs the hub’s own command in the hub’s folder', async () => {
  const script = await installed();
  expect(readlinkSync(join(script.project, 'program'))).toBe('.');
  const none = await script.run('upgrade');
  expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('upgrade valletpv-hub-x.y.z.tgz')]);
  // The machine of these tests has its units elsewhere than systemd.
  const wrong = await script.run('upgrade', 'valletpv-hub-9.9.9.tgz');
  expect([wrong.code, wrong.stderr]).toEqual([
    1,
    expect.stringMatching(/There is no file \S+valletpv-hub-9\.9\.9\.tgz/),
  ]);
});

test('the script of a release in releases/ knows the hub’s folder, and an older one gives way to it', async () => {
  const script = await installed();
  const release = join(script.project, 'releases/9.9.9/lib/node_modules/valletpv-hub');
  mkdirSync(release, { recursive: true });
  for (const name of ['deploy', 'src', 'node_modules', 'package.json']) {
    cpSync(join(script.project, name), join(release, name), { recursive: true, dereference: name === 'deploy' });
  }
  symlinkSync(join(script.project, 'dist'), join(release, 'dist'));
  rmSync(join(script.project, 'program'));
  symlinkSync('releases/9.9.9/lib/node_modules/valletpv-hub', join(script.project, 'program'));
  appendFileSync(join(release, 'deploy/valletpv-hub.service'), '# of 9.9.9\n');
  expect(await script.run('install')).toMatchObject({ code: 0, stderr: '' });
  expect(script.unit).toContain(`\nWorkingDirectory=${script.project}\n`);
  expect(script.unit).toContain('# of 9.9.9');
  expect(readlinkSync(join(script.project, 'program'))).toContain('releases/9.9.9');
});

test('uninstall takes the service away, keeps the data and says where; again, there is nothing to do', async () => {
  const script = await installed();
  const { code, stdout } = await script.run('uninstall');
  expect([code, stdout]).toEqual([0, expect.stringContaining(`los datos (${script.project}/data)`)]);
  expect(script.changes()).toEqual(['systemctl disable --quiet --now valletpv-hub', 'systemctl daemon-reload']);
  expect(existsSync(script.unitPath)).toBe(false);
  expect(existsSync(join(script.project, 'data'))).toBe(true);
  expect(existsSync(join(script.project, '.env'))).toBe(true);
  const again = await script.run('uninstall');
  expect([again.code, again.stdout]).toEqual([0, expect.stringContaining('no hay nada que quitar')]);
  expect(script.changes()).toEqual([]);
});
