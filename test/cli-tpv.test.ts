import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { DIALECTS, startHub, type TestHub } from './support/hub.ts';
import { ROOT } from './support/process.ts';

const OLD_KEY = 'a-made-up-key-of-an-older-tpv';

/** Runs the command line on the hub's database, with `input` as its standard input. */
async function cli(hub: Pick<TestHub, 'databaseUrl'>, args: string[], input = '') {
  const child = spawn(process.execPath, [join(ROOT, 'src/cli/main.ts'), ...args], {
    env: { PATH: process.env.PATH ?? '', DATABASE_URL: hub.databaseUrl },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
}

describe.each(DIALECTS)('the command line beside a running hub on %s', (database) => {
  test('an older TPV comes in with the key that it always had', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv({ name: 'Bar' });
    const authorization = `Bearer ${OLD_KEY}`;
    expect((await hub.fetch('/api/tpv/info/', { headers: { authorization } })).status).toBe(401);
    const imported = await cli(hub, ['tpv', 'import-key', tpv.id, '--json'], `${OLD_KEY}\n`);
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
    expect((await cli(hub, ['tpv', 'import-key', first.id], OLD_KEY)).code).toBe(0);
    // The same TPV again changes nothing.
    expect((await cli(hub, ['tpv', 'import-key', first.id], OLD_KEY)).code).toBe(0);
    const shared = await cli(hub, ['tpv', 'import-key', second.id], OLD_KEY);
    expect(shared).toMatchObject({ code: 1, stderr: expect.stringContaining('another TPV') });
    expect(shared.stderr).not.toContain(OLD_KEY);
    const short = await cli(hub, ['tpv', 'import-key', second.id], 'too-short');
    expect(short).toMatchObject({ code: 1, stderr: expect.stringContaining('20 characters') });
  });

  test('tpv list shows who is there, and wrong words are told apart from what is not there', async () => {
    const hub = await startHub({ database });
    const tpv = await hub.tpv({ name: 'Bar La Esquina' });
    expect((await cli(hub, ['tpv', 'list'])).stdout).toBe(`${tpv.id}  active    Bar La Esquina\n`);
    expect(JSON.parse((await cli(hub, ['tpv', 'list', '--json'])).stdout)).toEqual({
      tpvs: [{ id: tpv.id, name: 'Bar La Esquina', is_active: true, user_count: 0 }],
    });
    for (const words of [['tpv'], ['tpv', 'fly'], ['tpv', 'import-key'], ['tpv', 'list', 'all']]) {
      expect((await cli(hub, words)).code).toBe(64);
    }
    expect((await cli(hub, ['tpv', 'import-key', tpv.id], '')).code).toBe(64);
    expect((await cli(hub, ['tpv', 'import-key', 'nobody'], OLD_KEY)).code).toBe(1);
  });
});
