import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { type Database, openDatabase } from '../../src/db/open.ts';
import { databaseUploads } from '../../src/push/database-uploads.ts';
import { type UploadStore, uploadStore } from '../../src/push/uploads.ts';
import { testClock } from '../support/clock.ts';
import { freshDatabase } from '../support/hub.ts';
import { startPushing } from '../support/push.ts';
import { WAIT_MS } from '../support/within.ts';

const KIB = 1024;
const HOUR = 3_600_000;
const INPUT = { part: 'document', name: 'a.bin', mimeType: 'application/octet-stream', limitBytes: 2_000 * KIB };

interface Scene {
  db: Database;
  uploads: UploadStore;
  onDisk: UploadStore;
  /** What the store takes for the time. */
  clock: { now: number };
}

async function scene(): Promise<Scene> {
  const databaseUrl = await freshDatabase('postgres', 'migrated');
  const folder = dirname((await freshDatabase('sqlite')).slice('sqlite:'.length));
  const db = openDatabase({ DATABASE_URL: databaseUrl, DATABASE_DURABILITY: 'full' });
  onTestFinished(() => db.close());
  const clock = { now: Date.UTC(2026, 0, 1) };
  const onDisk = uploadStore(join(folder, 'uploads'), () => clock.now);
  return { db, onDisk, clock, uploads: databaseUploads(db, onDisk, () => clock.now) };
}

/** Chunks as a connection brings them. */
async function* stream(kib: number, chunkKib = 64): AsyncGenerator<Buffer> {
  for (let left = kib; left > 0; left -= chunkKib) yield Buffer.alloc(Math.min(left, chunkKib) * KIB, left);
}

const partsOf = (db: Database) => db.read.selectFrom('uploads').select(['part', 'is_last', 'bytes']).orderBy('part');

async function bytesOf(source: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

test('a file is written in small parts as it comes, and is read as it was', async () => {
  const { db, uploads } = await scene();
  const { file, bytes, sha256 } = await uploads.save(stream(1_500), INPUT);
  expect([bytes, file.name, file.mimeType]).toEqual([1_500 * KIB, INPUT.name, INPUT.mimeType]);
  const parts = await partsOf(db).execute();
  expect(parts.map(({ is_last: isLast }) => isLast)).toEqual([0, 0, 0, 0, 0, 1]);
  for (const part of parts) expect(part.bytes.length).toBeLessThanOrEqual(320 * KIB);
  expect(await uploads.has(file)).toBe(true);
  expect(
    createHash('sha256')
      .update(await bytesOf(uploads.read(file)))
      .digest('hex'),
  ).toBe(sha256);
  await uploads.remove(file);
  expect(await uploads.has(file)).toBe(false);
  expect(await partsOf(db).execute()).toEqual([]);
  // Gone already.
  await uploads.remove(file);
});

test('nothing stays of a file that is too large, empty, or breaks off', async () => {
  const { db, uploads } = await scene();
  await expect(uploads.save(stream(2_001), INPUT)).rejects.toMatchObject({ code: 'payload_too_large' });
  await expect(uploads.save(stream(0), INPUT)).rejects.toMatchObject({ code: 'invalid_request' });
  async function* broken() {
    yield* stream(600);
    throw new Error('cut');
  }
  await expect(uploads.save(broken(), INPUT)).rejects.toThrow('cut');
  expect(await partsOf(db).execute()).toEqual([]);
});

test('a file that goes while it is read is never taken for a shorter one', async () => {
  const { uploads } = await scene();
  const { file } = await uploads.save(stream(600), INPUT);
  const reading = uploads.read(file);
  await reading.next();
  await uploads.remove(file);
  await expect(bytesOf(reading)).rejects.toThrow(/no part 1/);
});

test('a file that lies on the disk since before is read and removed there', async () => {
  const { uploads, onDisk } = await scene();
  const { file } = await onDisk.save(stream(100), INPUT);
  expect(await uploads.has(file)).toBe(true);
  expect(await bytesOf(uploads.read(file))).toHaveLength(100 * KIB);
  await uploads.remove(file);
  expect(await onDisk.has(file)).toBe(false);
});

describe('the sweep', () => {
  test('deletes what came long ago and nobody wants, here and on the disk, and nothing else', async () => {
    const { db, uploads, onDisk, clock } = await scene();
    const save = async (store: UploadStore) => (await store.save(stream(300), INPUT)).file;
    const [wanted, orphan, left] = [await save(uploads), await save(uploads), await save(onDisk)];
    clock.now += HOUR;
    const young = await save(uploads);
    const keep = async (path: string) => path === wanted.path;
    expect(await uploads.sweep(keep, HOUR)).toBe(0);
    clock.now += 1;
    expect(await uploads.sweep(keep, HOUR)).toBe(2);
    const there = await Promise.all([wanted, orphan, left, young].map((file) => uploads.has(file)));
    expect(there).toEqual([true, false, false, true]);
    expect(await partsOf(db).execute()).toHaveLength(4);
  });

  test('leaves alone what is still being written', async () => {
    const { uploads, clock } = await scene();
    const go = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    async function* slow() {
      yield* stream(600);
      begun.resolve();
      await go.promise;
      yield* stream(1);
    }
    const saving = uploads.save(slow(), INPUT);
    await begun.promise;
    clock.now += 2 * HOUR;
    expect(await uploads.sweep(async () => false, HOUR)).toBe(0);
    go.resolve();
    const { file } = await saving;
    expect(await bytesOf(uploads.read(file))).toHaveLength(601 * KIB);
  });
});

test('a message whose file can not be read on its way leaves nothing behind at Telegram, and is tried again', async () => {
  const clock = testClock();
  const hub = await startPushing({ database: 'postgres', clock });
  const { db } = hub.hub;
  const how = { kind: 'error', code: 429, description: 'Too Many Requests', retryAfter: 60 } as const;
  const allow = hub.emulator.fail({ method: 'sendDocument', how });
  const document = new File([new Uint8Array(700 * KIB)], 'factura.pdf', { type: 'application/pdf' });
  const pushed = await hub.upload({ message_type: 'document', document });
  expect(pushed).toMatchObject({ status: 202, body: { status: 'pending' } });
  allow();
  const setPart = (from: number, to: number) =>
    db.transact((tx) => tx.kysely.updateTable('uploads').set({ part: to }).where('part', '=', from).execute());
  await setPart(1, 99);
  const row = async () =>
    (await db.read.selectFrom('push_messages').selectAll().where('kind', '=', 'document').execute())[0];
  await vi.waitFor(async () => {
    await clock.advance(5_000);
    expect(await row()).toMatchObject({
      status: 'pending',
      error_message: 'el hub no pudo leer el fichero que llevaba',
    });
  }, WAIT_MS);
  expect(hub.person.chat.filter(({ document: sent }) => sent !== undefined)).toEqual([]);
  await setPart(99, 1);
  await vi.waitFor(async () => {
    await clock.advance(5_000);
    expect(await row()).toMatchObject({ status: 'sent' });
  }, WAIT_MS);
  expect(hub.person.chat.map(({ document: sent }) => sent?.file_size).filter(Boolean)).toEqual([700 * KIB]);
});
