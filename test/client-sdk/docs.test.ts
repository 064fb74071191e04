import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { CloseCode, hubFrameSchema, instructionSchema, TPV_FRAME_TYPES, tpvFrameSchema } from '#protocol';
import { FakeHub, ManualClock } from '../../client-sdk/src/testing/mod.ts';
import { reportBody } from '../../src/api/schemas.ts';
import { startHub, type TestHub } from '../support/hub.ts';
import { ROOT, startProcess, type TestProcess } from '../support/process.ts';
import { link, type Packed, packPackage } from './support/packed.ts';

const readme = readFileSync(join(ROOT, 'client-sdk/README.md'), 'utf8');
const protocol = readFileSync(join(ROOT, 'client-sdk/PROTOCOL.md'), 'utf8');

/** The blocks that open with exactly these words. */
function fences(text: string, opening: string): string[] {
  return [...text.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm)].flatMap(([, words, block = '']) =>
    words === opening ? [block] : [],
  );
}

let packed: Packed;
beforeAll(() => {
  packed = packPackage();
  link(packed.project, 'better-sqlite3');
  for (const name of ['orders.ts', 'from-polling.ts']) {
    cpSync(join(ROOT, 'client-sdk/examples', name), join(packed.project, name));
  }
}, 120_000);
afterAll(() => packed?.remove());

/** Starts a program of an empty project that has the package. */
function start(name: string, hub: { url: string; apiKey?: string }, args: string[] = []): TestProcess {
  const data = mkdtempSync(join(tmpdir(), 'hub-docs-'));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const env = {
    HUB_URL: hub.url,
    TPV_API_KEY: hub.apiKey ?? '',
    TPV_MEMORY: join(data, 'memory'),
    TPV_DATABASE: join(data, 'tpv.db'),
  };
  return startProcess([join(packed.project, name), ...args], { env, cwd: data });
}

/** Writes the README's one block with this opening as a program. */
function program(opening: string): string {
  const [block, ...more] = fences(readme, opening);
  if (block === undefined || more.length > 0) throw new Error(`the README has not exactly one block «${opening}»`);
  const name = `${opening.replaceAll(' ', '-')}.mjs`;
  writeFileSync(join(packed.project, name), block);
  return name;
}

async function stopped(running: TestProcess): Promise<void> {
  running.child.kill('SIGTERM');
  expect({ code: await running.ended, stderr: running.stderr }).toEqual({ code: 0, stderr: '' });
}

/** What a person reads next. */
async function nextText(hub: TestHub): Promise<string | undefined> {
  const person = hub.emulator.person({ id: 1001, first_name: 'Ana', started: true });
  return (await person.waitForMessage()).text;
}

async function fakeHub(): Promise<FakeHub> {
  const hub = await FakeHub.start();
  onTestFinished(() => hub.close());
  return hub;
}

describe('the README', () => {
  test('brings a TPV from nothing to its first answer, on a real hub', async () => {
    const hub = await startHub();
    const registering = start(program('js register'), hub);
    expect(await registering.ended).toBe(0);
    const lines = fences(readme, 'js tpv')[0]
      ?.split('\n')
      .filter((line) => line !== '');
    expect(lines?.length).toBeLessThanOrEqual(10);
    const tpv = start(program('js tpv'), { url: hub.url, apiKey: registering.stdout.trim() });
    await tpv.waitFor(/online/);
    const read = nextText(hub);
    await hub.message(1, '<Hola>');
    expect(await read).toBe('Recibido: <Hola>');
    await stopped(tpv);
  });

  test('shows calls of the API that work', async () => {
    const hub = await fakeHub();
    hub.addUser({ telegram_id: 1001, first_name: 'Ana' });
    const running = start(program('js api'), hub.access);
    expect({ code: await running.ended, stderr: running.stderr }).toEqual({ code: 0, stderr: '' });
    expect(running.stdout).toBe('Ana\n');
    expect(hub.pushes.map(({ fields }) => fields.text)).toEqual(['Pedido entregado', 'Hoy', undefined]);
  });

  test('has a recipe by which an order is taken once, whatever is cut', async () => {
    const clock = new ManualClock();
    const hub = await FakeHub.start({ clock });
    onTestFinished(() => hub.close());
    const running = start(program('js database'), hub.access);
    await hub.until(() => hub.connected);
    hub.cutAtReport(3);
    const ids = ['uno', 'dos', 'tres'].map((text) => hub.say(text).id);
    for (const [i, id] of ids.entries()) {
      expect((await hub.ended(id)).response).toEqual({ text: `Pedido n.º ${i + 1}` });
    }
    await hub.until(() => hub.connected);
    const [first = ''] = ids;
    const before = hub.reports.length;
    hub.repeat(first);
    await hub.until(() => hub.reports.slice(before).some(({ id }) => id === first));
    expect(hub.reports.filter(({ id }) => id === first).at(-1)?.response).toEqual({ text: 'Pedido n.º 1' });
    running.child.kill();
    await running.ended;
  });

  test('has an example of a TPV’s own test that passes', async () => {
    const running = start(program('js testing'), { url: '' });
    expect({ code: await running.ended, stderr: running.stderr }).toEqual({ code: 0, stderr: '' });
  });

  test.each([
    ['HubClientOptions', 'options'],
    ['HubApiOptions', 'api/options'],
    ['FileMemoryOptions', 'memory/file-memory'],
    ['MemoryLimits', 'memory/memory'],
  ])('has every one of %s in a table', (name, file) => {
    const types = readFileSync(join(packed.project, `node_modules/@valletpv/hub-client/dist/${file}.d.ts`), 'utf8');
    const [, body = ''] = new RegExp(`^export interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)^\\}`, 'm').exec(types) ?? [];
    const options = [...body.matchAll(/^ {4}(\w+)\??:/gm)].map(([, option]) => option);
    expect(options.length).toBeGreaterThan(0);
    const rows = readme.split('\n').filter((line) => line.startsWith('| `'));
    const named = rows.flatMap((row) =>
      [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, option]) => option),
    );
    expect(options.filter((option) => option !== 'clock' && !named.includes(option))).toEqual([]);
  });

  test('names every error class', () => {
    const types = readFileSync(join(packed.project, 'node_modules/@valletpv/hub-client/dist/errors.d.ts'), 'utf8');
    const classes = [...types.matchAll(/class (\w+) extends/g)].map(([, name = '']) => name);
    expect(classes.length).toBeGreaterThan(4);
    expect(classes.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });

  test('links to files that are there, and names scripts that exist', () => {
    const files = [...readme.matchAll(/\]\(([^)h#][^)]*)\)/g)].map(([, path = '']) => path);
    expect(files.length).toBeGreaterThan(2);
    expect(files.filter((path) => !existsSync(join(ROOT, 'client-sdk', path)))).toEqual([]);
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(scripts.demo).toBeDefined();
  });
});

describe('the examples', () => {
  test('orders: a person orders with a press', async () => {
    const hub = await fakeHub();
    const tpv = start('orders.ts', hub.access);
    await tpv.waitFor(/people: \d/);
    await hub.ended(hub.say('¿Qué tenéis?').id);
    expect(hub.pushes.at(-1)?.fields.text).toContain('tortilla');
    await hub.ended(hub.say('2 cañas y una tortilla').id);
    const { text, buttons } = Object(hub.pushes.at(-1)?.fields);
    // An amount and its currency stay on one line.
    expect(text).toBe('¿Pedimos 2 × caña, 1 × tortilla? Son 11,10\u00a0€.');
    const [{ action, data }] = buttons[0];
    const { response } = await hub.ended(hub.press(action, data).id);
    expect(response).toEqual({ text: '✅ Pedido en marcha', new_text: '✅ Confirmado: 2 × caña, 1 × tortilla' });
    await tpv.waitFor(/kitchen: 2 × caña, 1 × tortilla/);
    await stopped(tpv);
  });

  test.each(['1', '2', '3'])('from-polling, step %s: the same answers on a real hub', async (step) => {
    const hub = await startHub();
    const { key: apiKey } = await hub.tpv();
    const tpv = start('from-polling.ts', { url: hub.url, apiKey }, [step]);
    await tpv.waitFor(/ready/);
    const read = nextText(hub);
    await hub.message(1, '<Hola>');
    expect(await read).toBe('Recibido: <Hola>');
    await stopped(tpv);
  });
});

describe('the protocol', () => {
  test('shows every frame of the hub, as the schemas have it', () => {
    const frames = fences(protocol, 'json hub').map((block) => hubFrameSchema.parse(JSON.parse(block)));
    const shown = new Set(frames.map(({ type }) => type));
    expect([...shown].sort()).toEqual(['drain', 'error', 'instruction', 'result', 'revoked', 'service', 'welcome']);
    for (const frame of frames) {
      if (frame.type === 'instruction')
        expect(Object.keys(frame.instruction).sort()).toEqual(Object.keys(instructionSchema.shape).sort());
    }
  });

  test('shows every frame of a TPV, as the schemas have it', () => {
    const frames = fences(protocol, 'json tpv').map((block) => tpvFrameSchema.parse(JSON.parse(block)));
    expect([...new Set(frames.map(({ type }) => type))].sort()).toEqual([...TPV_FRAME_TYPES].sort());
  });

  test('shows a poll and a report, as the hub has them', () => {
    const answer = z.strictObject({ count: z.int(), instructions: z.array(instructionSchema) });
    for (const block of fences(protocol, 'json instructions')) answer.parse(JSON.parse(block));
    for (const block of fences(protocol, 'json report')) reportBody.parse(JSON.parse(block));
    const openings = [...protocol.matchAll(/^```(\S[^\n]*)$/gm)].map(([, words]) => words);
    expect(new Set(openings)).toEqual(new Set(['json hub', 'json tpv', 'json instructions', 'json report']));
  });

  test('names every close code', () => {
    for (const code of Object.values(CloseCode))
      expect(protocol).toMatch(new RegExp(`\\| [^|]*\\b${code}\\b[^|]* \\|`));
  });
});
