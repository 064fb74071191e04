import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { cli, cliJson } from '../support/cli.ts';
import { DIALECTS, startHub, type TestHub } from '../support/hub.ts';
import { testFolder } from '../support/test-folder.ts';
import { WAIT_MS } from '../support/within.ts';

const ANA = 1001;

async function audited(hub: TestHub) {
  const { body } = await hub.admin('/api/admin/audit');
  return body.items.filter(({ action }: { action: string }) => /^user\.e(rase|xport)$/.test(action));
}

describe.each(DIALECTS)('an administrator on %s', (database) => {
  test('exports what is held on a person, and erases them; the log says so, and not whom', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv();
    hub.emulator.person({ id: ANA, first_name: 'Ana', started: true });
    await hub.message(1, 'Dos cafés', ANA);
    const document = await hub.admin(`/api/admin/users/${ANA}/export`);
    expect(document.headers.get('content-disposition')).toContain('persona-1001.json');
    expect(document.body).toMatchObject({ telegram_id: ANA, instructions: [{ payload: { text: 'Dos cafés' } }] });
    const erase = () => hub.admin(`/api/admin/users/${ANA}`, { method: 'DELETE' });
    expect(await erase()).toMatchObject({ status: 202, body: { telegram_id: ANA } });
    expect(await erase()).toMatchObject({ status: 404 });
    expect(await hub.admin(`/api/admin/users/${ANA}/export`)).toMatchObject({ status: 404 });
    await vi.waitFor(async () => {
      const requests = await hub.hub.db.read.selectFrom('person_requests').select('step').execute();
      expect(requests).toEqual([{ step: 'waiting' }]);
    }, WAIT_MS);
    const { body } = await tpv.fetch('/api/tpv/instructions/');
    expect(body.instructions).toMatchObject([{ command: 'process_erasure', telegram_user_id: ANA }]);
    const entries = await audited(hub);
    expect(entries.map(({ action }: { action: string }) => action)).toEqual(['user.erase', 'user.export']);
    expect(JSON.stringify(entries)).not.toContain(String(ANA));
    // Who writes again is new.
    await hub.message(2, 'Hola otra vez', ANA);
    expect((await hub.admin(`/api/admin/users/${ANA}`)).status).toBe(200);
  });

  test('does the same at a terminal', async () => {
    const hub = await startHub({ database });
    await hub.tpv();
    await hub.message(1, 'Dos cafés', ANA);
    const file = join(testFolder('person'), 'ana.json');
    await cliJson(hub, ['user', 'export', String(ANA), '--to', file]);
    const { instructions } = JSON.parse(readFileSync(file, 'utf8'));
    expect(instructions).toMatchObject([{ payload: { text: 'Dos cafés' } }]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await cli(hub, ['user', 'export', String(ANA), '--to', file])).toMatchObject({ code: 1 });
    await cliJson(hub, ['user', 'erase', String(ANA)]);
    expect(await cli(hub, ['user', 'erase', String(ANA)])).toMatchObject({ code: 1 });
    expect((await hub.admin(`/api/admin/users/${ANA}`)).status).toBe(404);
    await vi.waitFor(async () => {
      const rows = await hub.hub.db.read.selectFrom('instructions').select(['command', 'payload']).execute();
      expect(rows).toContainEqual({ command: 'process_message', payload: '{}' });
    }, WAIT_MS);
  });
});
