import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { loggedError } from '../../src/log/error.ts';
import { type Logs, openLogs } from '../../src/log/log.ts';
import { maskOf } from '../../src/log/mask.ts';
import { behindItsBack } from '../support/behind.ts';
import { messageUpdate, startHub, type TestHub, WEBHOOK_SECRET } from '../support/hub.ts';
import { runProcess } from '../support/process.ts';
import { testFolder } from '../support/test-folder.ts';
import { WAIT_MS } from '../support/within.ts';

type Line = Record<string, unknown>;

const scratch = () => testFolder('logs');

async function opened(dir: string, options: { level?: string; secrets?: string[]; fileSize?: string } = {}) {
  const logs = await openLogs({ level: 'info', dir, ...options });
  return logs;
}

/** What stands in a log now; `access.log` and `error.log` lead to the newest file. */
async function linesOf(logs: Logs, dir: string, name: 'access' | 'error'): Promise<Line[]> {
  await logs.flush();
  return readFileSync(join(dir, `${name}.log`), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

/** The names of the files have the day in them: it does not end meanwhile. */
function noMidnight(): void {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(2025, 10, 9, 12) });
  onTestFinished(() => void vi.useRealTimers());
}

/** A small disk of its own, where this machine lets a test have one. */
function smallDisk(kib: number): string | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const dir = scratch();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', dir], { stdio: 'ignore' });
  } catch {
    return undefined;
  }
  onTestFinished(() => {
    execFileSync('umount', ['-l', dir]);
  });
  return dir;
}

/** A hub that logs to files, both of them read as one. */
async function loggingHub(level: string, options: Parameters<typeof startHub>[0] = {}) {
  const dir = scratch();
  // Without the hub's secrets: nothing may lean on their being masked.
  const logs = await opened(dir, { level });
  const hub = await startHub({ ...options, logs });
  const access = () => linesOf(logs, dir, 'access');
  const log = () => linesOf(logs, dir, 'error');
  return { hub, access, log, all: async () => JSON.stringify([...(await access()), ...(await log())]) };
}

describe('the log files', () => {
  test('begin anew when they are full, 14 are kept, and the names that operators know lead to the newest', async () => {
    noMidnight();
    const dir = scratch();
    const logs = await opened(dir, { fileSize: '4k' });
    const files = () => readdirSync(join(dir, 'access')).filter((name) => name.startsWith('access.'));
    const written = new Set<string>();
    for (let line = 0; written.size < 20; line++) {
      logs.access.info({ line, filler: 'x'.repeat(4_096) });
      await logs.flush();
      // The stream sees what it wrote in its own time, and begins the next file then.
      logs.access.info({ line });
      const before = files().length + written.size;
      for (const name of files()) written.add(name);
      if (files().length + written.size === before && written.size < 20) logs.access.info({ waiting: line });
    }
    // pino-roll takes the oldest away in its own time, and the newest may not be there yet then.
    await vi.waitFor(() => {
      const numbers = files().map((name) => Number(/^access\.\d{4}-\d\d-\d\d\.(\d+)\.log$/.exec(name)?.[1]));
      expect(numbers.length).toBeLessThanOrEqual(15);
      expect(Math.min(...numbers)).toBeGreaterThanOrEqual(Math.max(...numbers) - 14);
    }, WAIT_MS);
    logs.access.info({ last: true });
    const last = async () => (await linesOf(logs, dir, 'access')).at(-1);
    await vi.waitFor(async () => expect(await last()).toMatchObject({ last: true }), WAIT_MS);
  });

  test('of the processes before are counted too, and added to', async () => {
    noMidnight();
    const dir = scratch();
    mkdirSync(join(dir, 'error'));
    for (let day = 10; day < 30; day++) writeFileSync(join(dir, 'error', `error.2024-01-${day}.1.log`), '{"old":1}\n');
    const first = await opened(dir, { fileSize: '1k' });
    first.log.info({ process: 1 }, 'first');
    await first.flush();
    const second = await opened(dir, { fileSize: '1k' });
    second.log.info({ process: 2 }, 'second');
    expect(await linesOf(second, dir, 'error')).toEqual([
      expect.objectContaining({ process: 1 }),
      expect.objectContaining({ process: 2 }),
    ]);
    const files = () => readdirSync(join(dir, 'error')).filter((name) => name.startsWith('error.'));
    await vi.waitFor(() => {
      second.log.info('x'.repeat(1_024));
      expect(files()).not.toContain('error.2024-01-10.1.log');
    }, WAIT_MS);
    // The oldest went, and no more than that.
    expect(files().length).toBeGreaterThanOrEqual(14);
    expect(files()).toContain('error.2024-01-29.1.log');
  });

  test('put aside what another program wrote under their name', async () => {
    const dir = scratch();
    writeFileSync(join(dir, 'access.log'), 'of the service before\n');
    const logs = await opened(dir);
    logs.access.info('x');
    expect(await linesOf(logs, dir, 'access')).toHaveLength(1);
    expect(readFileSync(join(dir, 'access.log.before-the-hub'), 'utf8')).toBe('of the service before\n');
  });

  test('are made anew when their folder is removed, and standard error says so', async () => {
    const dir = join(scratch(), 'logs');
    // In a process of its own, whose standard error can be read.
    const program = `
      const { openLogs } = await import('./src/log/log.ts');
      const { existsSync, rmSync, statSync } = await import('node:fs');
      const file = ${JSON.stringify(join(dir, 'access.log'))};
      const logs = await openLogs({ level: 'info', dir: ${JSON.stringify(dir)} });
      logs.access.info({ before: true });
      await logs.flush();
      rmSync(${JSON.stringify(dir)}, { recursive: true });
      const timer = setInterval(async () => {
        logs.access.info({ after: true });
        await logs.flush();
        if (existsSync(file) && statSync(file).size > 0) process.exit(0);
      }, 50);`;
    const { code, stderr } = await runProcess(['--input-type=module', '-e', program]);
    expect(code).toBe(0);
    expect(stderr).toContain(`${join(dir, 'access.log')} was removed while the hub wrote it: it is made anew.\n`);
    const lines = readFileSync(join(dir, 'access.log'), 'utf8');
    expect(JSON.parse(lines.split('\n')[0] ?? '')).toMatchObject({ after: true });
    expect(statSync(join(dir, 'access')).mode & 0o777).toBe(0o700);
  });

  test('are for this user alone', async () => {
    const dir = join(scratch(), 'logs');
    const logs = await opened(dir);
    logs.access.info('x');
    await logs.flush();
    expect(statSync(join(dir, 'access')).mode & 0o777).toBe(0o700);
    expect(statSync(join(dir, 'access.log')).mode & 0o777).toBe(0o600);
  });

  test('in a folder that can not be made end the start with one sentence', async () => {
    const dir = scratch();
    writeFileSync(join(dir, 'file'), '');
    const env = {
      TELEGRAM_BOT_TOKEN: '1:made-up',
      TELEGRAM_WEBHOOK_SECRET: WEBHOOK_SECRET,
      DATABASE_URL: `sqlite:${join(dir, 'hub.db')}`,
      LOG_DIR: join(dir, 'file/logs'),
    };
    const { code, stderr } = await runProcess(['src/process/launch.cjs', 'src/main.ts'], { env });
    expect(code).not.toBe(0);
    expect(stderr).toMatch(/^LOG_DIR .*file\/logs can't be written \(.+\): choose a folder of this user\.\n$/);
  });
});

describe('a disk of the logs that is full', () => {
  test('costs lines and no requests, and lines come again as soon as there is room', async (context) => {
    const disk = smallDisk(256);
    if (disk === undefined) return context.skip('this machine lets no test mount a disk');
    const logs = await opened(join(disk, 'logs'), { fileSize: '4k' });
    const hub = await startHub({ logs });
    const filler = join(disk, 'filler');
    fill(filler);
    for (let id = 1; id <= 50; id++) expect((await hub.message(id, 'Hola')).status).toBe(200);
    // More than what may wait in memory.
    for (let line = 0; line < 1_000; line++) logs.access.info({ line, filler: 'x'.repeat(8_192) });
    expect(logs.dropped()).toBeGreaterThan(0);
    expect((await hub.fetch('/metrics')).body).toMatch(/^hub_log_lines_dropped_total [1-9]/m);
    expect((await hub.fetch('/readyz')).status).toBe(200);
    execFileSync('mount', ['-o', 'remount,size=32m', disk]);
    rmSync(filler);
    await vi.waitFor(async () => {
      expect((await hub.fetch('/healthz?now')).status).toBe(200);
      expect(await linesOf(logs, join(disk, 'logs'), 'access')).toContainEqual(
        expect.objectContaining({ path: '/healthz' }),
      );
    }, WAIT_MS);
  });

  test('that is full at the last line does not keep a process from ending', async (context) => {
    const disk = smallDisk(256);
    if (disk === undefined) return context.skip('this machine lets no test mount a disk');
    const logs = await opened(join(disk, 'logs'));
    fill(join(disk, 'filler'));
    for (let line = 0; line < 100; line++) logs.access.info({ line });
    await logs.flush();
    // The disk is still full, and so the lines are still not there.
    expect(readFileSync(join(disk, 'logs/access.log'), 'utf8').length).toBeLessThan(10_000);
  });
});

describe('one line per request', () => {
  test('has what was asked, by whom, and how it went, without the query', async () => {
    const { hub, access } = await loggingHub('info');
    const tpv = await hub.tpv();
    await tpv.fetch('/api/tpv/instructions/?limit=1&key=a-key-that-somebody-put-here');
    await hub.fetch('/nowhere/tpv_abcdefghijklmnopqrstuvwxyz?token=x');
    await hub.fetch(`/file/bot123456789:${'A'.repeat(35)}/photo.jpg`);
    await hub.fetch('/api/tpv/info/', { headers: { authorization: 'ApiKey wrong' } });
    expect(await access()).toEqual([
      expect.objectContaining({ method: 'POST', path: '/api/tpv/register/', status: 201, ip: '127.0.0.1' }),
      expect.objectContaining({
        method: 'GET',
        path: '/api/tpv/instructions/',
        status: 400,
        tpv_id: tpv.id,
        id: expect.any(String),
        ms: expect.any(Number),
      }),
      expect.objectContaining({ path: '/nowhere/[secret]', status: 404 }),
      expect.objectContaining({ path: '/file/bot[secret]/photo.jpg', status: 404 }),
      expect.objectContaining({ path: '/api/tpv/info/', status: 401 }),
    ]);
    expect((await access()).some((line) => JSON.stringify(line).includes('somebody-put-here'))).toBe(false);
  });

  test('also of a socket: opened, and closed with its code and how long it was open', async () => {
    const { hub, access } = await loggingHub('info');
    const tpv = await hub.tpv();
    const socket = await tpv.socket();
    socket.raw.close(1000);
    await vi.waitFor(async () => expect((await access()).filter((line) => 'socket' in line)).toHaveLength(2), WAIT_MS);
    const [opened, closed] = (await access()).filter((line) => 'socket' in line);
    expect(opened).toMatchObject({ socket: 'opened', tpv_id: tpv.id, ip: '127.0.0.1' });
    expect(closed).toMatchObject({ socket: 'closed', tpv_id: tpv.id, code: 1000, ms: expect.any(Number) });
    expect(closed?.session).toBe(opened?.session);
  });

  test('and none where the level says so', async () => {
    const { hub, access } = await loggingHub('warn');
    await hub.message(1, 'Hola');
    expect(await access()).toEqual([]);
  });
});

describe('a request that fails in the hub', () => {
  test('tells its id to the caller; the access log has it, and the other log counts what the database refused', async () => {
    const { hub, access, log } = await loggingHub('info');
    await behindItsBack(hub, (db) => db.schema.dropTable('telegram_updates').execute());
    const { status, body, headers } = await hub.message(1, 'Hola');
    expect(status).toBe(503);
    expect(body.request_id).toMatch(/^[0-9a-z]+-[0-9a-z]+$/);
    expect(headers.get('x-request-id')).toBe(body.request_id);
    expect(await access()).toContainEqual(expect.objectContaining({ id: body.request_id, status: 503 }));
    const line = { msg: 'the database could not do what was asked of it; callers try again', count: 1 };
    await vi.waitFor(async () => expect(await log()).toContainEqual(expect.objectContaining(line)), WAIT_MS);
    expect(JSON.stringify(await log())).not.toContain('a request was refused');
  });

  test('keeps the id that a proxy gave it, and none that could be something else', async () => {
    const { hub, access } = await loggingHub('info');
    const given = '4bf92f3577b34da6a3ce929d0e0e4736';
    for (const id of [given, 'tpv_abcdefghijklmnopqrstuvwxyz', 'short', `${given}\n`.trim().repeat(3)]) {
      await hub.fetch('/healthz', { headers: { 'x-request-id': id } });
    }
    expect(await access()).toEqual([
      expect.objectContaining({ id: given }),
      ...Array(3).fill(expect.objectContaining({ id: expect.stringMatching(/^[0-9a-z]+-[0-9a-z]+$/) })),
    ]);
  });
});

describe('one message', () => {
  test('is followed by its ids from its update to the reply in Telegram', async () => {
    const { hub, access } = await loggingHub('info');
    const tpv = await hub.tpv();
    hub.emulator.person({ id: 1001, first_name: 'Ana', started: true });
    await hub.message(77, 'Hola');
    const [{ id }] = (await tpv.fetch('/api/tpv/instructions/')).body.instructions;
    await tpv.fetch(`/api/tpv/instructions/${id}/`, { method: 'PUT', json: { status: 'completed' } });
    // As the SDK names what a handler replies.
    const headers = { 'idempotency-key': `${id}:1` };
    const json = { telegram_user_id: 1001, text: '¡Hecho!' };
    const { body } = await tpv.fetch('/api/tpv/push/', { method: 'POST', json, headers });
    const pushId = body.push_message_id;
    const followed = (await access()).filter(
      (line) => JSON.stringify(line).includes(id) || JSON.stringify(line).includes(pushId),
    );
    expect(followed).toEqual([
      expect.objectContaining({ path: '/webhook/telegram/', update_id: 77, instruction_id: id }),
      expect.objectContaining({ method: 'PUT', path: `/api/tpv/instructions/${id}/` }),
      expect.objectContaining({ push: 'sent', push_message_id: pushId, instruction_id: id, tpv_id: tpv.id }),
      expect.objectContaining({ method: 'POST', path: '/api/tpv/push/', push_message_id: pushId }),
    ]);
  });

  test('that a person presses, or that nobody answers, leads to what the hub itself says', async () => {
    const { hub, access } = await loggingHub('info', { env: { MAX_ATTEMPTS: '1', SENT_LEASE_SECONDS: '1' } });
    const tpv = await hub.tpv();
    hub.emulator.person({ id: 1001, first_name: 'Ana', started: true });
    await hub.message(5, 'Hola');
    const [{ id }] = (await tpv.fetch('/api/tpv/instructions/')).body.instructions;
    await vi.waitFor(
      async () => expect(await access()).toContainEqual(expect.objectContaining({ push: 'sent', instruction_id: id })),
      WAIT_MS,
    );
  });

  test('shows each of its steps at debug', async () => {
    const { hub, log } = await loggingHub('debug');
    const tpv = await hub.tpv();
    const socket = await tpv.socket();
    await hub.message(1, 'Hola');
    const { instruction } = await socket.next('instruction');
    await socket.report(instruction.id, 'processing');
    await socket.report(instruction.id, 'completed');
    const steps = (await log()).filter((line) => line.instruction_id === instruction.id);
    expect(steps.map(({ msg }) => msg)).toEqual(['created', 'handed out', 'reported processing', 'reported completed']);
  });
});

describe.each(['info', 'trace'])('at LOG_LEVEL=%s', (level) => {
  test('no line has a secret or a word that a person wrote, whatever goes wrong', async () => {
    const env = {
      METRICS_TOKEN: 'secret-of-the-metrics-0001',
      REGISTRATION_TOKEN: 'secret-of-registration-0002',
      CALLBACK_ALLOW_PRIVATE: 'true',
      CALLBACK_ALLOWED_ORIGINS: 'http://127.0.0.1:9',
    };
    const { hub, all } = await loggingHub(level, { env });
    const tpv = await hub.tpv({ endpoint_url: 'http://127.0.0.1:9' });
    const told = await everythingGoesWrong(hub, tpv);
    const { token, secret: emulatorSecret = WEBHOOK_SECRET } = { token: hub.emulator.token, secret: WEBHOOK_SECRET };
    const secrets = [
      token,
      token.split(':')[1] ?? token,
      emulatorSecret,
      tpv.key,
      ...Object.values(env).filter((value) => value.startsWith('secret')),
      'a-made-up-administrator-token',
    ];
    const written = await all();
    expect(written).toContain('"status":503');
    expect(secrets.filter((secret) => written.includes(secret))).toEqual([]);
    expect(written.match(/secret-\w+/g)).toBeNull();
    expect(told).toBeGreaterThan(20);
    expect(written.match(/.{0,80}marked.{0,40}/gi)).toBeNull();
  });
});

/**
 * Sends words that are marked through every flow, right and wrong.
 * @returns how many requests were made
 */
async function everythingGoesWrong(hub: TestHub, tpv: Awaited<ReturnType<TestHub['tpv']>>): Promise<number> {
  const { emulator } = hub;
  const from = { id: 1001, is_bot: false, first_name: 'MarkedFirst', last_name: 'MarkedLast', username: 'marked_user' };
  emulator.person({ id: 1001, first_name: 'MarkedFirst', started: true });
  const message = (id: number, content: Record<string, unknown>) => {
    const { message: base } = messageUpdate(id, 'marked text');
    return hub.update({ update_id: id, message: { ...base, from, ...content } });
  };
  const push = (json: Record<string, unknown>, headers: Record<string, string> = {}) =>
    tpv.fetch('/api/tpv/push/', {
      method: 'POST',
      json: { telegram_user_id: 1001, text: 'marked push', ...json },
      headers,
    });
  const raw = (path: string, body: string, headers: Record<string, string> = {}) =>
    hub.fetch(path, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
  const withSecret = { 'x-telegram-bot-api-secret-token': WEBHOOK_SECRET };
  const auth = { authorization: `ApiKey ${tpv.key}` };
  let requests = 0;
  const all = async (...asked: Promise<unknown>[]) => {
    requests += asked.length;
    await Promise.all(asked);
  };

  // What people send, right and wrong.
  await message(1, {});
  await all(
    message(2, { text: undefined, photo: [{ file_id: 'photo1', file_unique_id: 'u' }], caption: 'marked caption' }),
    hub.update({ update_id: 3, edited_message: { text: 'marked edit' } }),
    hub.update({
      update_id: 4,
      callback_query: { id: 'q', from, ...pressed('https://marked.example/press?secret-url') },
    }),
    hub.update({ update_id: 5, marked_kind: { text: 'marked' } }),
    raw('/webhook/telegram/', '{"update_id": 6, "message": {"text": "marked broken', withSecret),
    raw('/webhook/telegram/', '{}', { 'x-telegram-bot-api-secret-token': 'secret-that-is-wrong' }),
  );
  // Credentials where they belong, and where they don't.
  await all(
    hub.fetch('/api/tpv/info/?key=secret-in-the-query', { headers: { authorization: 'ApiKey secret-wrong-key' } }),
    hub.fetch('/metrics', { headers: { authorization: 'Bearer secret-wrong-metrics' } }),
    hub.fetch('/api/admin/tpvs/', {
      headers: { authorization: 'Token secret-wrong-admin', cookie: 'a=secret-cookie' },
    }),
    raw('/api/admin/login', '{"name": "marked", "password": "secret-password"}'),
    raw('/api/tpv/register/', '{"name": "x", "endpoint_url": "http://x.example"}', {
      'x-registration-token': 'secret-wrong-registration',
    }),
    hub.fetch('/api/tpv/ws/?api_key=secret-socket-key', {
      headers: { 'sec-websocket-protocol': 'valletpv.v1, key.secret-subprotocol' },
    }),
  );
  // Pushes that Telegram takes, can't parse, refuses, limits, fails, and never answers.
  await push({ text: '<marked>broken' });
  for (const how of [
    { kind: 'error', code: 400, description: 'Bad Request: unsupported start tag "marked"' },
    {
      kind: 'error',
      code: 400,
      description: "Bad Request: inline keyboard button URL 'https://marked.example' is invalid",
    },
    { kind: 'reset_after' },
  ] as const) {
    emulator.fail({ method: 'sendMessage', times: 2, how });
    await all(push({}));
    await message(requests + 100, {});
  }
  await all(
    push({ message_type: 'photo', data: { photo_url: 'https://marked.example/secret-photo.jpg' } }),
    push({ text: `${'x'.repeat(5_000)}marked` }),
    push({ buttons: [[{ text: 'marked', callback_url: 'http://127.0.0.1:9/marked?secret-callback' }]] }),
    push({}, { 'idempotency-key': 'marked-key' }),
    raw('/api/tpv/push/', '{"text": "marked broken', auth),
    tpv.fetch('/api/tpv/files/photo1/'),
  );
  // Reports, over REST and over a socket.
  const socket = await tpv.socket();
  const { instruction } = await socket.next('instruction');
  socket.send('{"type": "update", "marked broken');
  socket.send({ type: 'update', id: instruction.id, status: 'marked', ref: 'r' });
  await socket.report(instruction.id, 'failed', { error_message: 'marked error', response: { text: 'marked' } });
  // An older TPV's button, whose URL nobody answers.
  const legacy = { token: 'secret-legacy', callback_url: 'http://127.0.0.1:9/marked', telegram_user_id: 1001 };
  await all(
    tpv.fetch('/api/register_notification/', {
      method: 'POST',
      json: {
        ...legacy,
        mensaje: 'marked',
        botones: [[{ text: 'marked', callback_data: 'a|secret-legacy' }]],
        expira_en: '2099-01-01T00:00:00Z',
        empresa: 'marked',
        uid_dispositivo: 'marked',
        metadata: {},
      },
    }),
    hub.update({ update_id: 50, callback_query: { id: 'p', from, ...pressed('http://127.0.0.1:9/marked?secret-x') } }),
  );
  await vi.waitFor(async () => {
    const { body } = await hub.fetch('/metrics', { headers: { authorization: 'Bearer secret-of-the-metrics-0001' } });
    expect(body).toContain('hub_callback_call_seconds_count{outcome="failed"');
  }, WAIT_MS);
  // Telegram is gone, and then the tables.
  await emulator.close();
  await all(push({}), tpv.fetch('/api/tpv/files/photo1/'), hub.admin('/webhook/info/'));
  await behindItsBack(hub, (db) => db.schema.dropTable('instruction_files').execute());
  await all(message(60, { text: undefined, photo: [{ file_id: 'p2', file_unique_id: 'u' }], caption: 'marked lost' }));
  await behindItsBack(hub, (db) => db.schema.dropTable('push_messages').execute());
  await all(push({}), tpv.fetch('/api/tpv/stats/'));
  return requests;
}

describe('an error in a line', () => {
  test('keeps its kind, code, place and causes, and none of the words in it', () => {
    const cause = Object.assign(new Error('relation "instructions" does not exist'), {
      code: '42P01',
      detail: 'Failing row contains (marked).',
    });
    const wrong = Object.assign(new TypeError('can not read "marked "text" marked" here', { cause }), {
      payload: { text: 'marked' },
    });
    const line = loggedError(wrong);
    expect(line).toMatchObject({
      type: 'TypeError',
      message: 'can not read "…" here',
      cause: { type: 'Error', code: '42P01', message: 'relation "instructions" does not exist' },
    });
    expect(line.stack).toContain('logs.test.ts');
    expect(JSON.stringify(line)).not.toContain('marked');
  });

  test('of a JSON parser, and what is no error, show nothing of what it was', () => {
    const parsed = () => JSON.parse('{"text": "marked text', undefined);
    const caught = (() => {
      try {
        return parsed();
      } catch (error) {
        return error;
      }
    })();
    expect(JSON.stringify([loggedError(caught), loggedError('marked'), loggedError({ marked: 1 })])).not.toMatch(
      /marked/,
    );
  });

  test('whose cause is itself ends', () => {
    const error = new Error('round');
    error.cause = error;
    expect(JSON.stringify(loggedError(error)).match(/round/g)?.length).toBeLessThan(10);
  });
});

describe('secrets of the configuration', () => {
  test('are taken out of a line wherever they come from, also within JSON and a URL', async () => {
    const dir = scratch();
    const secrets = ['p"ass\\word & more', 'abc', '123456:short-token'];
    const logs = await opened(dir, { secrets });
    logs.log.warn(
      { err: new Error('https://api.telegram.org/bot123456:short-token/getMe') },
      'said p"ass\\word & more',
    );
    logs.log.warn({ url: `postgres://u:${encodeURIComponent('p"ass\\word & more')}@host` });
    await logs.flush();
    const written = readFileSync(join(dir, 'error.log'), 'utf8');
    expect(written).not.toMatch(/short-token|ass\\+word|%5Cword/);
    expect(written.match(/\[secret\]/g)).toHaveLength(3);
  });

  test('that are short leave words alone', () => {
    expect(maskOf(['abc'])('the abc of it')).toBe('the abc of it');
  });
});

function fill(path: string): void {
  expect(() => {
    for (;;) writeFileSync(path, Buffer.alloc(4_096), { flag: 'a' });
  }).toThrow(/ENOSPC/);
}

/** Callback data that is a URL, and the message whose button has it. */
function pressed(data: string) {
  const markup = { inline_keyboard: [[{ text: 'x', callback_data: data }]] };
  return { data, message: { message_id: 77, reply_markup: markup } };
}
