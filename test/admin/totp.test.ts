import jsqr from 'jsqr';
import { describe, expect, test } from 'vitest';
import { qrSvg } from '../../src/admin/qr.ts';
import { base32, totpCode, totpStep, totpUri } from '../../src/administrators/totp.ts';
import { enableSecondFactor, logIn, openBrowser, PASSWORD, postFromPanel } from '../support/admin.ts';
import { testClock } from '../support/clock.ts';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';

const STEP = 30_000;

/** RFC 6238, appendix B: the SHA-1 column; its secret is these 20 letters. */
const SECRET = base32(Buffer.from('12345678901234567890'));
const VECTORS = [
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
] as const;

test.each(VECTORS)('at second %i the code is that of RFC 6238', (second, code) => {
  expect(totpCode(SECRET, second * 1_000, 8)).toBe(code);
  expect(totpCode(SECRET, second * 1_000)).toBe(code.slice(2));
});

test('base32 is that of RFC 4648', () => {
  const vectors = ['', 'MY', 'MZXQ', 'MZXW6', 'MZXW6YQ', 'MZXW6YTB', 'MZXW6YTBOI'];
  expect(vectors.map((_, length) => base32(Buffer.from('foobar'.slice(0, length))))).toEqual(vectors);
});

test('a code is taken one step early or late, and once', () => {
  const now = 1_111_111_109_000;
  const step = Math.floor(now / STEP);
  for (const [away, taken] of [
    [-2, false],
    [-1, true],
    [0, true],
    [1, true],
    [2, false],
  ] as const) {
    const found = totpStep(SECRET, totpCode(SECRET, now + away * STEP), now, null);
    expect([away, found]).toEqual([away, taken ? step + away : undefined]);
  }
  const code = totpCode(SECRET, now);
  expect(totpStep(SECRET, code, now, step - 1)).toBe(step);
  expect(totpStep(SECRET, code, now, step)).toBeUndefined();
  for (const odd of ['', '12345', '1234567', 'abcdef', '１２３４５６'])
    expect(totpStep(SECRET, odd, now, null)).toBeUndefined();
});

test('an app reads from the QR code what stands in the address', () => {
  const uri = totpUri(SECRET, 'ValleTPV Hub', 'maría & josé');
  expect(new URL(uri).searchParams.get('secret')).toBe(SECRET);
  expect(readQr(qrSvg(uri))).toBe(uri);
});

/** Draws the picture's path, whose lines are one module wide and go along the middle of a row, and reads it. */
function readQr(svg: string): string | undefined {
  const [, size = '0'] = /viewBox="0 0 (\d+) /.exec(svg) ?? [];
  const width = Number(size);
  const pixels = new Uint8ClampedArray(width * width * 4).fill(255);
  for (const [, x = '', y = '', line = ''] of svg.matchAll(/M(\d+) (\d+)\.5([hm\d ]+)/g)) {
    let at = Number(y) * width + Number(x);
    for (const [, step = '', by = ''] of line.matchAll(/([hm])(\d+)/g)) {
      const to = at + Number(by);
      for (; at < to; at++) if (step === 'h') pixels.set([0, 0, 0, 255], at * 4);
    }
  }
  return jsqr.default(pixels, width, width)?.data;
}

function tryLogin(hub: TestHub, code?: string, address = '203.0.113.1') {
  const json = { name: 'ana', password: PASSWORD, ...(code === undefined ? {} : { code }) };
  return postFromPanel(hub, '/api/admin/login', json, { 'x-forwarded-for': address });
}

describe.each(DIALECTS)('on %s', (database) => {
  test('with the second factor on, a login takes the app’s code, each once', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const ana = await openBrowser(hub);
    const { secret } = await enableSecondFactor(ana, clock);
    expect((await ana.fetch('/api/admin/session')).body.totp_enabled).toBe(true);
    expect(await tryLogin(hub)).toMatchObject({ status: 401, body: { code: 'second_factor_required' } });
    // The code that turned it on was used.
    expect((await tryLogin(hub, totpCode(secret, clock.now()))).status).toBe(401);
    await clock.jump(STEP);
    const code = totpCode(secret, clock.now());
    const answers = await Promise.all(Array.from({ length: 4 }, (_, i) => tryLogin(hub, code, `203.0.113.${10 + i}`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
    await clock.jump(STEP);
    const spaced = totpCode(secret, clock.now()).replace(/(...)/, '$1 ');
    expect((await tryLogin(hub, spaced)).status).toBe(200);
  });

  test('a recovery code opens a session once, however it is typed, and nobody reads it in the database', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const ana = await openBrowser(hub);
    const { codes } = await enableSecondFactor(ana, clock);
    expect(codes).toHaveLength(10);
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^[a-z2-7]{4}(-[a-z2-7]{4}){3}$/);
    const [first = '', second = '', third = ''] = codes;
    const stored = await hub.hub.db.read.selectFrom('admin_users').selectAll().execute();
    expect(JSON.stringify(stored)).not.toContain(first);
    const answers = await Promise.all(Array.from({ length: 4 }, (_, i) => tryLogin(hub, first, `203.0.113.${10 + i}`)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
    expect((await tryLogin(hub, second.toUpperCase().replaceAll('-', ' '))).status).toBe(200);
    expect((await tryLogin(hub, third.replace(/.$/, '1'))).status).toBe(401);
    const rows = await hub.hub.db.read
      .selectFrom('audit_log')
      .select('details')
      .where('action', '=', 'account.recovery_code')
      .orderBy('seq')
      .execute();
    expect(rows).toEqual([{ details: '{"left":9}' }, { details: '{"left":8}' }]);
  });

  test('turning it off takes the password, and then the code is not asked for', async () => {
    const clock = testClock();
    const hub = await startHub({ database, clock });
    const ana = await openBrowser(hub);
    await enableSecondFactor(ana, clock);
    const off = (password: string) => ana.fetch('/api/admin/account/totp', { method: 'DELETE', json: { password } });
    expect((await off('otra-contraseña-más')).body.details).toMatchObject([{ path: 'password' }]);
    expect((await tryLogin(hub)).body.code).toBe('second_factor_required');
    expect((await off(PASSWORD)).status).toBe(200);
    expect((await tryLogin(hub)).status).toBe(200);
    expect((await ana.fetch('/api/admin/session')).body.totp_enabled).toBe(false);
  });
});

test('what was begun and not confirmed asks nobody for a code', async () => {
  const clock = testClock();
  const hub = await startHub({ clock });
  const ana = await openBrowser(hub);
  const start = (password = PASSWORD) => ana.fetch('/api/admin/account/totp', { method: 'POST', json: { password } });
  const confirm = (code: string) => ana.fetch('/api/admin/account/totp/confirm', { method: 'POST', json: { code } });
  expect((await confirm('123456')).status).toBe(409);
  expect((await start('otra-contraseña-más')).status).toBe(400);
  const first = await start();
  expect(first.body.uri).toContain(`secret=${first.body.secret}`);
  expect(readQr(first.body.qr_svg)).toBe(first.body.uri);
  await logIn(hub);
  const second = await start();
  expect(second.body.secret).not.toBe(first.body.secret);
  // Of the first one nothing is left.
  expect((await confirm(totpCode(first.body.secret, clock.now()))).body.details).toMatchObject([{ path: 'code' }]);
  expect((await confirm('12345')).status).toBe(400);
  expect((await confirm(totpCode(second.body.secret, clock.now()))).status).toBe(200);
  expect((await start()).status).toBe(409);
});

test('guessing codes is as slow as guessing passwords', async () => {
  const clock = testClock();
  const hub = await startHub({ clock });
  const ana = await openBrowser(hub);
  const { secret } = await enableSecondFactor(ana, clock);
  await clock.jump(STEP);
  for (let i = 0; i < 5; i++) {
    expect((await tryLogin(hub, '000000')).status).toBe(401);
    // The right password without a code clears nothing.
    if (i < 4) expect((await tryLogin(hub)).body.code).toBe('second_factor_required');
  }
  expect((await tryLogin(hub, totpCode(secret, clock.now()))).status).toBe(429);
});
