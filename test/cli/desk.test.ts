import { describe, expect, test } from 'vitest';
import { CloseCode } from '#protocol';
import { speaking } from '../../src/cli/language/say.ts';
import { tableOf } from '../../src/cli/table.ts';
import { cli, cliJson, cliProcess } from '../support/cli.ts';
import { DIALECTS, startHub, type TestHub, WEBHOOK_SECRET } from '../support/hub.ts';

const REGISTER = ['--endpoint-url', 'http://127.0.0.1:9'];

describe.each(DIALECTS)('the command line beside a running hub on %s', (database) => {
  test('its commands, as processes of their own, end by themselves and without a fault', async () => {
    const hub = await startHub({ database });
    await hub.tpv({ name: 'Bar' });
    await hub.message(1, 'hola', 1001);
    const { stdout: tpvs } = await cliProcess(hub, ['tpv', 'list']);
    expect(tpvs).toMatch(/ active +1\/100 .*Bar\n$/);
    const assigned = await cliProcess(hub, ['user', 'assign', '1001', 'Bar', '--json']);
    expect(assigned).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/^\{.*"unchanged".*\}\n$/) });
  });

  test('a TPV that it registers works at once, and its key is shown once', async () => {
    const hub = await startHub({ database, env: { TPV_REGISTRATION: 'closed' } });
    const { id, api_key: key } = await cliJson(hub, ['tpv', 'register', 'Bar', ...REGISTER, '--max-users', '7']);
    const info = await hub.fetch('/api/tpv/info/', { headers: { authorization: `ApiKey ${key}` } });
    expect(info).toMatchObject({ status: 200, body: { id, is_active: true, max_users: 7 } });
    expect((await cli(hub, ['tpv', 'list'])).stdout).not.toContain(key);
    const { body } = await hub.admin('/api/admin/audit?limit=5');
    expect(body.items).toContainEqual(
      expect.objectContaining({
        actor: 'cli',
        action: 'tpv.create',
        target: expect.objectContaining({ id, name: 'Bar' }),
      }),
    );
    expect(JSON.stringify(body)).not.toContain(key);
  });

  test('a TPV is stopped and let in again by its name, and its socket ends', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv({ name: 'Bar' });
    const socket = await tpv.socket();
    expect(await cliJson(hub, ['tpv', 'deactivate', 'bar'])).toEqual({ id: tpv.id, is_active: false, users: 'keep' });
    expect((await socket.closed).code).toBe(CloseCode.TpvInactive);
    expect((await tpv.fetch('/api/tpv/instructions/')).status).toBe(403);
    await cliJson(hub, ['tpv', 'activate', tpv.id]);
    expect((await tpv.fetch('/api/tpv/instructions/')).status).toBe(200);
  });

  test('a key is changed, and the one before goes on for a day', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv({ name: 'Bar' });
    const { api_key: key } = await cliJson(hub, ['tpv', 'rotate-key', 'Bar']);
    expect((await hub.fetch('/api/tpv/info/', { headers: { authorization: `ApiKey ${key}` } })).status).toBe(200);
    expect((await tpv.fetch('/api/tpv/info/')).status).toBe(200);
  });

  test('a join code brings people, and a new one ends it', async () => {
    const hub = await startHub({ database, env: { ROUTING_STRATEGY: 'specific' } });
    const tpv = await hub.tpv({ name: 'Bar' });
    const { join_code: before } = await cliJson(hub, ['tpv', 'join-code', 'Bar']);
    const { join_code: after } = await cliJson(hub, ['tpv', 'join-code', 'Bar', '--new']);
    expect(after).not.toBe(before);
    await hub.message(1, `/start ${before}`, 1001);
    await hub.message(2, `/start ${after}`, 1002);
    const { users } = await cliJson(hub, ['user', 'list', '--tpv', 'Bar']);
    expect(users).toEqual([expect.objectContaining({ telegram_id: 1002, tpv: { id: tpv.id, name: 'Bar' } })]);
    expect((await cliJson(hub, ['user', 'list', '--unassigned'])).users).toEqual([
      expect.objectContaining({ telegram_id: 1001, username: 'ana_1001', tpv: null }),
    ]);
  });

  test('a person who is given to a TPV brings what waits along to its open socket', async () => {
    const hub = await startHub({ database, env: { ROUTING_STRATEGY: 'specific' } });
    const tpv = await hub.tpv({ name: 'Bar' });
    const socket = await tpv.socket();
    await hub.message(1, 'hola', 1001);
    expect(await cliJson(hub, ['user', 'assign', '1001', 'Bar'])).toMatchObject({ outcome: 'moved' });
    const { instruction } = await socket.next('instruction');
    expect(instruction).toMatchObject({ payload: { text: 'hola' }, telegram_user_id: 1001 });
    expect(await cliJson(hub, ['user', 'assign', '1001', 'Bar'])).toMatchObject({ outcome: 'unchanged' });
  });

  test('an instruction that failed goes out again under a new id, also to a socket that is open', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv({ name: 'Bar' });
    const socket = await tpv.socket();
    await hub.message(1, 'dos cañas', 1001);
    const { instruction } = await socket.next('instruction');
    expect((await cli(hub, ['instruction', 'retry', instruction.id])).code).toBe(1);
    await tpv.fetch(`/api/tpv/instructions/${instruction.id}/`, {
      method: 'PUT',
      json: { status: 'failed', error_message: 'sin papel' },
    });
    const { instructions } = await cliJson(hub, ['instruction', 'list', '--status', 'failed', '--tpv', 'Bar']);
    expect(instructions).toEqual([
      expect.objectContaining({ id: instruction.id, text: 'dos cañas', error_message: 'sin papel' }),
    ]);
    const { instruction_id: again } = await cliJson(hub, ['instruction', 'retry', instruction.id]);
    expect((await socket.next('instruction')).instruction).toMatchObject({ id: again, payload: { text: 'dos cañas' } });
    const shown = await cliJson(hub, ['instruction', 'show', instruction.id]);
    expect(shown).toMatchObject({ status: 'failed', payload: { text: 'dos cañas' }, error_message: 'sin papel' });
    expect(shown.steps.map(({ step }: { step: string }) => step)).toEqual(
      expect.arrayContaining(['received', 'stored', 'handed_out', 'failed']),
    );
    const readable = await cli(hub, ['instruction', 'show', instruction.id]);
    expect(readable).toMatchObject({ code: 0, stdout: expect.stringMatching(/status +failed: sin papel/) });
  });

  test('a poll that waits gets what the command line made ready', async () => {
    const hub = await startHub({ database, env: { ROUTING_STRATEGY: 'specific' } });
    const tpv = await hub.tpv({ name: 'Bar' });
    await hub.message(1, 'hola', 1001);
    const waiting = tpv.fetch('/api/tpv/instructions/?wait=15');
    await cliJson(hub, ['user', 'assign', '1001', 'Bar']);
    expect(await waiting).toMatchObject({ status: 200, body: { count: 1 } });
  });
});

test('what does not exist, and what makes no sense, is refused with a sentence', async () => {
  const hub = await startHub();
  await hub.tpv({ name: 'Bar' });
  await hub.tpv({ name: 'Bar' });
  const nobody = '00000000-0000-7000-8000-000000000000';
  const refused: [string[], RegExp][] = [
    [['tpv', 'activate', 'Cafetería'], /no TPV "Cafetería"/],
    [['tpv', 'activate', 'Bar'], /2 TPVs are called "Bar"/],
    [['instruction', 'show', nobody], /no instruction/],
    [['instruction', 'retry', 'x'], /instruction id/],
    [['user', 'assign', '1001', nobody], /no TPV/],
  ];
  for (const [args, sentence] of refused) {
    expect(await cli(hub, args)).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(sentence) });
  }
  const usage = [
    ['tpv', 'register', 'Bar'],
    ['tpv', 'register', 'Bar', '--endpoint-url', 'ftp://x'],
    ['tpv', 'register', 'Bar', ...REGISTER, '--max-users', '0'],
    ['tpv', 'deactivate', 'Bar', '--users', 'shoot'],
    ['user', 'assign', 'ana', 'Bar'],
    ['user', 'list', '--limit', '0'],
    ['instruction', 'list', '--status', 'lost'],
    ['instruction', 'list', '--user', "1' or 1=1"],
    ['webhook', 'fly'],
    ['tpv', 'constructor', 'Bar'],
  ];
  const codes = await Promise.all(usage.map(async (args) => (await cli(hub, args)).code));
  expect(codes).toEqual(usage.map(() => 64));
});

test('the webhook is set, shown and taken away', async () => {
  const hub = await startHub();
  const env = {
    TELEGRAM_BOT_TOKEN: hub.emulator.token,
    TELEGRAM_WEBHOOK_SECRET: WEBHOOK_SECRET,
    TELEGRAM_API_ROOT: hub.emulator.apiRoot,
    TELEGRAM_WEBHOOK_URL: `${hub.url}/webhook/telegram/`,
  };
  const run = (...args: string[]) => cli(hub as Pick<TestHub, 'databaseUrl'>, ['webhook', ...args], { env });
  expect(await run('info')).toMatchObject({ code: 1, stdout: expect.stringContaining('✗ ') });
  expect(await run('set')).toMatchObject({ code: 0, stdout: `Telegram delivers to ${env.TELEGRAM_WEBHOOK_URL}.\n` });
  expect(await run('info', '--json')).toMatchObject({ code: 0, stdout: expect.stringContaining('"problems":[]') });
  expect((await run('delete')).code).toBe(0);
  expect((await run('info')).code).toBe(1);
  const wrong = await cli(hub, ['webhook', 'info'], { env: { ...env, TELEGRAM_BOT_TOKEN: '1:made-up' } });
  expect(wrong).toMatchObject({ code: 1, stderr: expect.not.stringContaining('made-up') });
});

test('a table fits the terminal, and obeys no control character', () => {
  const rows = [
    ['1', 'a\u001b[2Jb\nc'],
    ['22', 'x'.repeat(200)],
  ];
  const table = speaking('en', () => tableOf(['id', 'says'], rows, 40));
  expect(table.split('\n')).toEqual(['ID  SAYS', '1   a [2Jb c', `22  ${'x'.repeat(35)}…`]);
});
