import { describe, expect, test } from 'vitest';
import { isCommonPassword } from '../../src/administrators/common-passwords.ts';
import { createAccount, logIn, PASSWORD, postFromPanel } from '../support/admin.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub } from '../support/hub.ts';

const WRONG = 'otra-contraseña-inventada';

describe.each(DIALECTS)('on %s', (database) => {
  test('wrong passwords from everywhere slow each other down, and never the owner where they logged in before (S32)', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    await createAccount(hub);
    const from = async (address: string, password: string) => {
      const headers = { 'x-forwarded-for': address };
      const { status, headers: answered } = await postFromPanel(
        hub,
        '/api/admin/login',
        { name: 'ana', password },
        headers,
      );
      return { status, retryAfter: answered.get('retry-after') };
    };
    const home = '2001:db8:1:2::1';
    expect(await from(home, PASSWORD)).toMatchObject({ status: 200 });
    const strangers = Array.from({ length: 20 }, (_, i) => from(`203.0.113.${i}`, WRONG));
    for (const { status } of await Promise.all(strangers)) expect(status).toBe(401);
    // From here on each waits a second longer than the one before.
    for (let beyond = 1; beyond <= 3; beyond++) {
      expect(await from(`198.51.100.${beyond}`, WRONG)).toEqual({ status: 429, retryAfter: String(beyond) });
      await clock.jump(beyond * 1_000);
      expect(await from(`198.51.100.${beyond}`, WRONG)).toMatchObject({ status: 401 });
    }
    expect(await from('198.51.100.9', PASSWORD)).toEqual({ status: 429, retryAfter: '4' });
    expect(await from('2001:db8:1:2::99', PASSWORD)).toMatchObject({ status: 200 });
    expect(await from('2001:db8:1:3::1', PASSWORD)).toMatchObject({ status: 429 });
    const rows = await hub.hub.db.read.selectFrom('admin_users').select('known_addresses').execute();
    expect(rows).toEqual([{ known_addresses: JSON.stringify(['2001:db8:1:2::99']) }]);
  });

  test('a password of those that are tried first is refused wherever it is chosen (S32)', async () => {
    const hub = await startHub({ database });
    await createAccount(hub);
    const ana = await logIn(hub);
    const refused = { status: 400, body: { code: 'invalid_request', details: [{ path: 'new_password' }] } };
    for (const password of ['qwerty123456', 'Contraseña2026']) {
      const json = { current_password: PASSWORD, new_password: password };
      expect(await ana.fetch('/api/admin/account/password', { method: 'PUT', json })).toMatchObject(refused);
      const other = { name: 'eva', role: 'viewer', password };
      expect(await ana.fetch('/api/admin/accounts', { method: 'POST', json: other })).toMatchObject({ status: 400 });
    }
  });
});

test.each([
  '123456789123',
  'aaaaaaaaaaaa',
  'abcdefghijkl',
  'zyxwvutsrqpo',
  'qwertyuiopas',
  'qwerty123456',
  'ABCabcABCabc',
  'xy12xy12xy12',
  'password1234',
  '2026Contraseña!',
  'adminadminadmin',
  '1qaz2wsx3edc',
  'JustinBieber',
  '💩💩💩💩💩💩💩💩💩💩💩💩',
])('%s is a common password', (password) => {
  expect(isCommonPassword(password)).toBe(true);
});

test.each([
  'una-contraseña-inventada',
  'correct horse battery',
  'tres tristes tigres',
  'k3v9-2mzq-77fp',
  'contraseña del bar de Pepe',
  'ñandúesyavestruces',
])('%s is none', (password) => {
  expect(isCommonPassword(password)).toBe(false);
});
