import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { cli } from '../support/cli.ts';
import { DIALECTS, startHub } from '../support/hub.ts';

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
    expect(busy.stdout).toMatch(/^"Bar" is busy \(people wait 20 minutes; until 20.*Z\)\.\n$/);
    expect((await tpv.fetch('/api/tpv/service/')).body).toMatchObject({ state: 'busy', minutes: 20 });
    const folder = mkdtempSync(join(tmpdir(), 'hub-cli-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'horario.json');
    writeFileSync(
      file,
      JSON.stringify({ weekly: {}, exceptions: [{ date: '2026-12-25', hours: [['13:00', '16:00']] }] }),
    );
    const { stdout } = await cli(hub, ['tpv', 'service', 'Bar', 'paused', '--reason', 'obras', '--timetable', file]);
    expect(stdout).toContain('"Bar" is paused (obras).');
    expect(stdout).toContain('2026-12-25  13:00-16:00');
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
