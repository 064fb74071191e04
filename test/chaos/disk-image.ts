import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** What disk-recorder.c writes down; the numbers are its own. */
const KIND = { write: 1, truncate: 2, syncBegins: 3, syncEnds: 4, named: 5, unnamed: 6 } as const;
const HEAD_BYTES = 32;
/** Of the database's folder, in place of a file's number. */
const FOLDER = 1;
/** A disk writes at least so much at once. */
const SECTOR_BYTES = 512;
const FILES = ['', '-wal', '-journal'];

/** What a power cut does to a write that was not synced. */
export type Fate = 'kept' | 'dropped' | 'torn';

/** The bytes of a file that grows. */
class Bytes {
  #room: Buffer;
  #length: number;

  constructor(content: Buffer) {
    this.#room = Buffer.alloc(2 * content.length);
    this.#length = content.copy(this.#room);
  }

  get bytes(): Buffer {
    return this.#room.subarray(0, this.#length);
  }

  apply({ offset, data }: Change): void {
    const end = offset + (data?.length ?? 0);
    if (end > this.#room.length) {
      const larger = Buffer.alloc(2 * end);
      this.bytes.copy(larger);
      this.#room = larger;
    }
    if (data === undefined) this.#room.fill(0, Math.min(offset, this.#length), this.#length);
    else data.copy(this.#room, offset);
    this.#length = data === undefined ? end : Math.max(end, this.#length);
  }
}

interface Change {
  /** Its place in the record. */
  at: number;
  offset: number;
  /** Undefined: the file is cut to `offset`. */
  data: Buffer | undefined;
}

interface RecordedFile {
  content: Bytes;
  /** Made, and on disk only if a sync that ended began after it. */
  pending: Change[];
}

/** The files of a database as they are now, all of it on disk. */
export function filesOf(database: string): Map<string, { number: number; content: Buffer }> {
  const found = FILES.map((end) => `${database}${end}`).flatMap((path) => {
    const number = statSync(path, { throwIfNoEntry: false })?.ino;
    return number === undefined ? [] : [[path, { number, content: readFileSync(path) }] as const];
  });
  return new Map(found);
}

/** What is left after a power cut. */
export interface DiskImage {
  files: ReadonlyMap<string, Buffer>;
  /** Writes that were not synced, and what became of them. */
  fates: Readonly<Record<Fate, number>>;
}

/**
 * The files as a power cut leaves them: whatever was synced is there; of what was not, each write is there, or not, or
 * in part, in any order, as a disk with a cache has it; so are new names.
 * @param before the files when the record began
 * @param fateOf decides about each write that was not synced
 */
export function imageAfterCut(
  record: Buffer,
  before: ReadonlyMap<string, { number: number; content: Buffer }>,
  fateOf: () => Fate,
): DiskImage {
  const files = new Map<number, RecordedFile>();
  let names = new Map<string, number>();
  for (const [path, { number, content }] of before) {
    names.set(path, number);
    files.set(number, { content: new Bytes(content), pending: [] });
  }
  let namesOnDisk = names;
  /** Where each sync began, and the names at that moment. */
  const begun = new Map<number, { at: number; names: Map<string, number> }>();
  const fileOf = (number: number) => {
    const known = files.get(number) ?? { content: new Bytes(Buffer.alloc(0)), pending: [] };
    files.set(number, known);
    return known;
  };
  for (const { at, kind, file, offset, data } of entriesOf(record)) {
    if (kind === KIND.write) fileOf(file).pending.push({ at, offset, data });
    else if (kind === KIND.truncate) fileOf(file).pending.push({ at, offset, data: undefined });
    else if (kind === KIND.syncBegins) begun.set(offset, { at, names });
    else if (kind === KIND.named) names = new Map(names).set(data.toString(), file);
    else if (kind === KIND.unnamed) names = new Map([...names].filter(([path]) => path !== data.toString()));
    else if (kind === KIND.syncEnds) {
      const began = begun.get(offset);
      if (began === undefined) throw new Error('A sync ended that did not begin.');
      if (file === FOLDER) namesOnDisk = began.names;
      else settle(fileOf(file), began.at);
    }
  }
  const fates = { kept: 0, dropped: 0, torn: 0 };
  const left = [...namesOnDisk].map(([path, number]) => {
    const { content, pending } = fileOf(number);
    for (const change of pending) {
      const fate = fateOf();
      fates[fate]++;
      if (fate !== 'dropped') content.apply(fate === 'kept' ? change : tornPart(change));
    }
    return [path, content.bytes] as const;
  });
  return { files: new Map(left), fates };
}

/** Puts the image in the database's place. */
export function writeImage(database: string, image: DiskImage): void {
  rmSync(dirname(database), { recursive: true, force: true });
  mkdirSync(dirname(database), { recursive: true, mode: 0o700 });
  for (const [path, content] of image.files) writeFileSync(join(dirname(database), basename(path)), content);
}

function* entriesOf(record: Buffer) {
  for (let at = 0; at + HEAD_BYTES <= record.length; ) {
    const [kind = 0, file = 0, offset = 0, length = 0] = [0, 8, 16, 24].map((from) =>
      Number(record.readBigUInt64LE(at + from)),
    );
    const data = record.subarray(at + HEAD_BYTES, at + HEAD_BYTES + length);
    // The process was killed while it wrote this down, so it had not done it yet.
    if (data.length < length) return;
    yield { at, kind, file, offset, data };
    at += HEAD_BYTES + length;
  }
}

/** What was done before a sync began is on disk. */
function settle(file: RecordedFile, before: number): void {
  const later = file.pending.findIndex(({ at }) => at > before);
  const synced = file.pending.splice(0, later < 0 ? file.pending.length : later);
  for (const change of synced) file.content.apply(change);
}

function tornPart(change: Change): Change {
  const sectors = Math.floor((change.data?.length ?? 0) / SECTOR_BYTES / 2);
  return { ...change, data: change.data?.subarray(0, sectors * SECTOR_BYTES) };
}
