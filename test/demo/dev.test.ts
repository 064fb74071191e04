import { expect, test } from 'vitest';
import { LOGIN } from '../../demo/town.ts';
import { startProcess } from '../support/process.ts';

const MODULE = /<script type="module" src="(\/admin\/main\.tsx[^"]*)">/;

test('the development panel comes from its sources, asks the hub of the demo, and ends with its signal', async () => {
  const dev = startProcess(['demo/dev.ts', '--any-ports']);
  const [, panel = ''] = /panel {8}(\S+)\/admin\//.exec(await dev.waitFor(/panel {8}\S+\/admin\/ /)) ?? [];
  const page = await (await fetch(`${panel}/admin/tpvs`)).text();
  const [, script = ''] = MODULE.exec(page) ?? [];
  expect(await (await fetch(panel + script)).text()).toContain('jsx');
  const login = await fetch(`${panel}/api/admin/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: panel },
    body: JSON.stringify(LOGIN),
  });
  expect(login.status).toBe(200);
  const cookie = (login.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
  const tpvs = await fetch(`${panel}/api/admin/tpvs`, { headers: { cookie } });
  expect(await tpvs.json()).toMatchObject({ items: [{ name: 'Bar La Esquina', is_online: true }] });
  dev.child.kill('SIGTERM');
  expect(await dev.ended).toBe(0);
}, 120_000);
