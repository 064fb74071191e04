import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { cli } from '../support/cli.ts';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';

const OLD_KEY = 'a-made-up-key-of-an-older-tpv';

describe.each(DIALECTS)('the command line beside a running hub on %s', (database) => {
  test('an older TPV comes in with the key that it always had', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv({ name: 'Bar' });
    const authorization = `Bearer ${OLD_KEY}`;
    expect((await hub.fetch('/api/tpv/info/', { headers: { authorization } })).status).toBe(401);
    const imported = await cli(hub, ['tpv', 'import-key', tpv.id, '--json'], { input: `${OLD_KEY}\n` });
    expect(imported).toMatchObject({ code: 0, stdout: `${JSON.stringify({ id: tpv.id, imported: true })}\n` });
    expect(await hub.fetch('/api/tpv/info/', { headers: { authorization } })).toMatchObject({
      status: 200,
      body: { id: tpv.id },
    });
    expect((await tpv.fetch('/api/tpv/info/')).status).toBe(200);
  });

  test('two TPVs never share a key, and a short one is refused', async () => {
    const hub = await startHub({ database });
    const [first, second] = [await hub.tpv(), await hub.tpv()];
    expect((await cli(hub, ['tpv', 'import-key', first.id], { input: OLD_KEY })).code).toBe(0);
    // The same TPV again changes nothing.
    expect((await cli(hub, ['tpv', 'import-key', first.id], { input: OLD_KEY })).code).toBe(0);
    const shared = await cli(hub, ['tpv', 'import-key', second.id], { input: OLD_KEY });
    expect(shared).toMatchObject({ code: 1, stderr: expect.stringContaining('another TPV') });
    expect(shared.stderr).not.toContain(OLD_KEY);
    const short = await cli(hub, ['tpv', 'import-key', second.id], { input: 'too-short' });
    expect(short).toMatchObject({ code: 1, stderr: expect.stringContaining('20 characters') });
  });

  test('tpv list shows who is there, and wrong words are told apart from what is not there', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv({ name: 'Bar La Esquina' });
    expect((await cli(hub, ['tpv', 'list'])).stdout).toMatch(
      new RegExp(`${tpv.id} +active +0/100 .*Bar La Esquina\n$`),
    );
    expect(JSON.parse((await cli(hub, ['tpv', 'list', '--json'])).stdout)).toEqual({
      tpvs: [expect.objectContaining({ id: tpv.id, name: 'Bar La Esquina', state: 'active', user_count: 0 })],
    });
    for (const words of [['tpv'], ['tpv', 'fly'], ['tpv', 'import-key'], ['tpv', 'list', 'all']]) {
      expect((await cli(hub, words)).code).toBe(64);
    }
    expect((await cli(hub, ['tpv', 'import-key', tpv.id], { input: '' })).code).toBe(64);
    expect((await cli(hub, ['tpv', 'import-key', 'nobody'], { input: OLD_KEY })).code).toBe(1);
  });
});

describe.each(DIALECTS)('tpv service on %s', (database) => {
  test('shows whether a restaurant attends, and says so while the hub runs', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv({ name: 'Bar' });
    expect((await cli(hub, ['tpv', 'service', 'Bar'])).stdout).toBe('"Bar" is open.\n');
    const busy = await cli(hub, ['tpv', 'service', 'Bar', 'busy', '--minutes', '20', '--for', '30']);
    expect(busy.stdout).toMatch(
      /^"Bar" is busy \(people wait 20 minutes; until 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d\)\.\n$/,
    );
    expect((await tpv.fetch('/api/tpv/service/')).body).toMatchObject({ state: 'busy', minutes: 20 });
    const folder = mkdtempSync(join(tmpdir(), 'hub-cli-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'horario.json');
    writeFileSync(
      file,
      JSON.stringify({ weekly: {}, exceptions: [{ date: '2099-12-25', hours: [['13:00', '16:00']] }] }),
    );
    const { stdout } = await cli(hub, ['tpv', 'service', 'Bar', 'paused', '--reason', 'obras', '--timetable', file]);
    expect(stdout).toContain('"Bar" is paused (obras).');
    expect(stdout).toContain('2099-12-25  13:00-16:00');
    const open = await cli(hub, ['tpv', 'service', 'Bar', 'open', '--timetable', 'none', '--json']);
    expect(JSON.parse(open.stdout)).toMatchObject({ id: tpv.id, state: 'open', timetable: null });
    const { items } = (await hub.admin('/api/admin/audit?action=tpv.service')).body;
    expect(items).toHaveLength(3);
    expect(items[0]).toMatchObject({ actor: 'cli', target: { id: tpv.id, name: 'Bar' } });
  });

  test('refuses what does not fit', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv({ name: 'Bar' });
    const wrong = [
      ['closed'],
      ['busy'],
      ['busy', '--minutes', '0'],
      ['paused', '--for', 'x'],
      ['paused', '--until', 'mañana'],
      ['paused', '--for', '5', '--until', '2027-01-01T00:00:00Z'],
      ['open', '--timetable', '/nowhere/horario.json'],
      ['open', 'now'],
    ];
    for (const words of wrong)
      expect([words, (await cli(hub, ['tpv', 'service', 'Bar', ...words])).code]).toEqual([words, 64]);
    expect((await cli(hub, ['tpv', 'service', 'Bar', 'paused', '--until', '2020-01-01T00:00:00Z'])).code).toBe(1);
    expect((await tpv.fetch('/api/tpv/service/')).body.state).toBe('open');
  });
});

/** What a command says, as a script reads it, that ends with 1. */
async function refused(hub: TestHub, words: readonly string[]) {
  const { code, stdout } = await cli(hub, [...words, '--json']);
  expect(code).toBe(1);
  return JSON.parse(stdout);
}

describe.each(DIALECTS)('tpv test-order on %s', (database) => {
  test('shows each step and the answer of a TPV that is there', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv({ name: 'Bar' });
    const socket = await tpv.socket();
    const asked = cli(hub, ['tpv', 'test-order', 'Bar', '--text', 'Dos cafés', '--wait', '60']);
    const { instruction } = await socket.next('instruction');
    expect(instruction).toMatchObject({ telegram_user_id: 0, payload: { test: true, text: 'Dos cafés' } });
    await socket.report(instruction.id, 'delivered');
    const reply = { text: 'Marchando', buttons: [[{ text: 'Anular', action: 'void' }]] };
    await socket.report(instruction.id, 'completed', { reply });
    const { code, stdout } = await asked;
    expect([code, stdout.split('\n')[0]]).toEqual([0, '"Bar" answered.']);
    expect(stdout).toMatch(/stored .*\nhanded_out .*\ndelivered .*\ncompleted .*\n\nMarchando\n\[Anular\]\n$/);
    expect((await hub.admin('/api/admin/audit?action=tpv.test_order')).body.items).toMatchObject([
      { actor: 'cli', target: { id: tpv.id }, details: { instruction_id: instruction.id } },
    ]);
    expect((await tpv.fetch('/api/tpv/stats/')).body.instructions.total).toBe(0);
  });

  test('ends with 1 and says why where it was not completed', async () => {
    const hub = await startHub({ database });
    const [bar] = [await hub.tpv({ name: 'Bar' }), await hub.tpv({ name: 'Lejos' })];
    const socket = await bar.socket();
    const failing = refused(hub, ['tpv', 'test-order', 'Bar', '--wait', '60']);
    const { instruction } = await socket.next('instruction');
    await socket.report(instruction.id, 'failed', { error_message: 'sin papel' });
    expect(await failing).toMatchObject({
      outcome: 'failed',
      status: 'failed',
      error_message: 'sin papel',
      replies: [],
    });
    const waiting = refused(hub, ['tpv', 'test-order', 'Bar', '--wait', '1']);
    expect(await waiting).toMatchObject({ outcome: 'no_answer' });
    const away = await cli(hub, ['tpv', 'test-order', 'Lejos', '--wait', '1']);
    expect(away).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^"Lejos" is offline, and did not come within 1 s\./),
    });
  });

  test('takes no wrong words, and sends nothing to a TPV that is closed', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv({ name: 'Bar' });
    for (const wrong of [['--wait', '0'], ['--wait', '601'], ['--wait', 'x'], ['--text', ' '], ['more']]) {
      expect([wrong, (await cli(hub, ['tpv', 'test-order', 'Bar', ...wrong])).code]).toEqual([wrong, 64]);
    }
    await cli(hub, ['tpv', 'deactivate', 'Bar']);
    expect(await cli(hub, ['tpv', 'test-order', tpv.id])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('not active'),
    });
    expect((await hub.admin('/api/admin/instructions')).body.items).toEqual([]);
  });
});
