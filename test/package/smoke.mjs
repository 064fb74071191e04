// Runs in an empty project on each Node: everything that differs between versions of Node is used once.
import { strict as assert } from 'node:assert';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

const began = performance.now();
const { fileMemory, HubApi, HubClient, registerTpv } = await import('@valletpv/hub-client');
const importMs = performance.now() - began;
const { FakeHub, ManualClock } = await import('@valletpv/hub-client/testing');
const { hubFrameSchema } = await import('@valletpv/hub-client/protocol');

const dir = await mkdtemp(join(tmpdir(), 'hub-client-smoke-'));
const clock = new ManualClock();
const hub = await FakeHub.start({ clock });

for (const transport of ['websocket', 'polling']) {
  const tpv = new HubClient({ ...hub.access, clock, transport, memory: fileMemory(join(dir, 'memory')) });
  tpv.on('process_message', async ({ payload }, { reply }) => {
    await reply(`Recibido: ${payload.text}`);
    return { text: transport };
  });
  await tpv.connect();
  const { id } = hub.say('2 cañas', 7);
  assert.deepEqual((await hub.ended(id)).response, { text: transport });
  assert.equal(hub.pushes.at(-1)?.fields.text, 'Recibido: 2 cañas');
  await tpv.close();
}

const api = new HubApi({ ...hub.access, clock });
await writeFile(join(dir, 'plato.jpg'), 'jpeg');
async function* bytes() {
  yield Buffer.from('jp');
  yield Buffer.from('eg');
}
const sources = [
  { path: join(dir, 'plato.jpg') },
  { content: Buffer.from('jpeg'), name: 'plato.jpg' },
  { content: bytes(), name: 'plato.jpg' },
  { content: Readable.toWeb(Readable.from(bytes())), name: 'plato.jpg' },
];
for (const photo of sources) {
  await api.push({ telegram_user_id: 7, photo });
  assert.equal(Buffer.from(hub.pushes.at(-1)?.file?.bytes ?? '').toString(), 'jpeg');
}
hub.addFile('x', { bytes: Buffer.from('%PDF-'), name: 'menú.pdf', type: 'application/pdf' });
const file = await api.file('x', { range: { start: 1, end: 3 } });
assert.deepEqual([file.name, Buffer.from(await file.bytes()).toString()], ['menú.pdf', 'PDF']);
const people = [];
for await (const { telegram_id } of api.allUsers()) people.push(telegram_id);
assert.deepEqual(people, [7]);
await assert.rejects(api.push({ telegram_user_id: 8, text: 'x' }), { hubCode: 'not_found' });
const registered = await registerTpv({ url: hub.url }, { name: 'Bar', endpoint_url: 'http://localhost:8001' });
assert.equal(registered.api_key, hub.access.apiKey);
assert.equal(hubFrameSchema.safeParse({ type: 'drain', reason: 'deploy', reconnect_after_ms: 1 }).success, true);

await hub.close();
await rm(dir, { recursive: true });
process.stdout.write(`${JSON.stringify({ node: process.version, importMs: Math.round(importMs) })}\n`);
