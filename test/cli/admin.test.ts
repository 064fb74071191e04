import { describe, expect, test } from 'vitest';
import { totpCode } from '../../src/administrators/totp.ts';
import { logIn, openBrowser, PASSWORD, postFromPanel } from '../support/admin.ts';
import { cliProcess, cli as inProcess } from '../support/cli.ts';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';

const NEW_PASSWORD = 'la siguiente contraseña ';

/** Runs the command line on the hub's database, with `input` as its standard input. */
const cli = (hub: Pick<TestHub, 'databaseUrl'>, args: string[], input = '') =>
  cliProcess(hub, ['admin', ...args], { input });

// Each starts several processes, one after another.
describe.each(DIALECTS)('the command line beside a running hub on %s', (database) => {
  test('makes an account that may log in at once, and then no set-up link works', async () => {
    const hub = await startHub({ database });
    const link = new URL((await hub.hub.setupLink(hub.url)) ?? '');
    const made = await cli(hub, ['create', 'Ana', '--json'], `${PASSWORD}\n`);
    expect(made).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(made.stdout)).toEqual({ id: expect.any(String), name: 'ana', role: 'admin' });
    expect((await logIn(hub)).session.role).toBe('admin');
    const setup = { token: link.hash.slice(1), name: 'eva', password: PASSWORD };
    expect((await postFromPanel(hub, '/api/admin/setup', setup)).status).toBe(403);
    expect((await cli(hub, ['create', '--role', 'viewer', 'eva'], PASSWORD)).code).toBe(0);
    expect((await logIn(hub, { name: 'eva' })).session.role).toBe('viewer');
    expect(await cli(hub, ['create', 'ANA'], PASSWORD)).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/already/),
    });
    const rows = await hub.hub.db.read
      .selectFrom('audit_log')
      .select(['actor', 'action', 'target_name'])
      .where('action', 'like', 'account.%')
      .execute();
    expect(rows).toEqual([
      { actor: 'cli', action: 'account.create', target_name: 'ana' },
      { actor: 'cli', action: 'account.create', target_name: 'eva' },
    ]);
  });

  test('gives a new password, logs the account out, and switches the second factor off where asked to', async () => {
    const hub = await startHub({ database });
    const ana = await openBrowser(hub);
    const { secret } = (await ana.fetch('/api/admin/account/totp', { method: 'POST', json: { password: PASSWORD } }))
      .body;
    const code = totpCode(secret, Date.now());
    await ana.fetch('/api/admin/account/totp/confirm', { method: 'POST', json: { code } });
    const reset = await cli(hub, ['reset-password', 'ana'], `${NEW_PASSWORD}\n`);
    expect(reset).toMatchObject({ code: 0, stdout: expect.stringMatching(/sessions ended: 1\..*--disable-totp/) });
    expect(reset.stdout).not.toContain(NEW_PASSWORD);
    expect((await ana.fetch('/api/admin/session')).status).toBe(401);
    const credentials = { name: 'ana', password: NEW_PASSWORD };
    expect((await postFromPanel(hub, '/api/admin/login', { ...credentials, password: PASSWORD })).status).toBe(401);
    const half = await postFromPanel(hub, '/api/admin/login', credentials);
    expect(half.body.code).toBe('second_factor_required');
    const off = await cli(hub, ['reset-password', '--disable-totp', 'ana', '--json'], NEW_PASSWORD);
    expect(JSON.parse(off.stdout)).toMatchObject({ name: 'ana', sessions_ended: 0, totp_disabled: true });
    await logIn(hub, credentials);
  });

  test('takes the Telegram of an account away', async () => {
    const hub = await startHub({ database });
    await openBrowser(hub);
    await hub.hub.db.transact((tx) =>
      tx.kysely.updateTable('admin_users').set({ telegram_id: 42, telegram_name: 'Ana Gil' }).execute(),
    );
    const unlinked = await cli(hub, ['unlink', 'Ana']);
    expect(unlinked).toMatchObject({ code: 0, stdout: 'No Telegram hears of the logins of "ana" any more.\n' });
    expect((await hub.admin('/api/admin/accounts')).body.items).toMatchObject([{ telegram_linked: false }]);
    const again = await cli(hub, ['unlink', 'ana', '--json']);
    expect(JSON.parse(again.stdout)).toMatchObject({ name: 'ana', unlinked: false });
    const { db } = hub.hub;
    const audited = db.read.selectFrom('audit_log').select('actor').where('action', '=', 'account.telegram_unlink');
    expect(await audited.execute()).toEqual([{ actor: 'cli' }]);
  });
});

test('what can not be done is refused with what to do, and changes nothing', async () => {
  const hub = await startHub();
  const cases: [args: string[], input: string, code: number, says: RegExp][] = [
    [['fly', 'ana'], PASSWORD, 64, /"admin" takes list, create/],
    [['create', 'ana', 'lópez'], PASSWORD, 64, /quotes/],
    [['create', 'ana', '--role', 'root'], PASSWORD, 64, /admin, viewer or manager/],
    [['create', 'hub'], PASSWORD, 64, /none of token, cli, hub/],
    [['create', 'ana'], '', 64, /standard input/],
    [['create', 'ana'], 'too short', 64, /12 to 1024/],
    [['reset-password', 'ana'], PASSWORD, 1, /"admin create"/],
    [['unlink', 'ana'], '', 1, /"admin create"/],
    [['unlink', 'ana', '--disable-totp'], '', 64, /no --disable-totp/],
    [['create', 'ana', '--password', PASSWORD], '', 64, /--help/],
  ];
  const got = await Promise.all(cases.map(([args, input]) => cli(hub, args, input)));
  for (const [i, [args, , code, says]] of cases.entries()) {
    expect([args, got[i]]).toEqual([args, { code, stdout: '', stderr: expect.stringMatching(says) }]);
  }
  expect(await hub.hub.db.read.selectFrom('admin_users').select('id').execute()).toEqual([]);
});

describe.each(DIALECTS)('managers by the command line on %s', (database) => {
  test('are made, bound, invited and shown; an invitation that is taken back lets nobody in', async () => {
    const hub = await startHub({ database });
    await hub.emulatorDelivers();
    const [bar, casa] = [await hub.tpv({ name: 'Bar' }), await hub.tpv({ name: 'Casa' })];
    const admin = (...args: string[]) => inProcess(hub, ['admin', ...args]);
    expect(await admin('create', '--role', 'manager', 'pepa')).toMatchObject({ code: 64 });
    expect(await admin('create', '--role', 'viewer', '--tpv', 'Bar', 'pepa')).toMatchObject({ code: 64 });
    expect(await admin('create', '--role', 'manager', '--tpv', 'Bar', 'Pepa')).toMatchObject({ code: 0, stderr: '' });
    expect(await admin('tpvs', '--unbind', 'Bar', 'pepa')).toMatchObject({ code: 64 });
    expect((await admin('tpvs', '--bind', casa.id, '--unbind', 'Bar', 'pepa')).stdout).toBe('"pepa" manages "Casa".\n');
    expect((await admin('tpvs', '--bind', bar.id, 'pepa')).stdout).toBe('"pepa" manages "Bar", "Casa".\n');
    expect((await admin('list')).stdout).toMatch(/^pepa +manager +no +Bar, Casa$/m);

    const person = hub.emulator.person({ id: 1001, first_name: 'Pepa', started: true });
    const open = async (link: string) => {
      const read = person.waitForMessage();
      person.send(`/start ${/start=(\S+)/.exec(link)?.[1]}`);
      await read;
      return (await admin('list')).stdout;
    };
    const first = (await admin('invite', 'pepa')).stdout;
    expect((await admin('invite', '--withdraw', 'pepa')).code).toBe(0);
    expect(await open(first)).toMatch(/^pepa +manager +no /m);
    expect(await open((await admin('invite', 'pepa')).stdout)).toMatch(/^pepa +manager +yes /m);
    await inProcess(hub, ['admin', 'create', 'ana'], { input: PASSWORD });
    expect(await admin('invite', 'ana')).toMatchObject({ code: 1, stderr: expect.stringContaining('no manager') });
  });
});
