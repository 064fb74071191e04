import { createHmac, randomBytes } from 'node:crypto';
import { type FileHandle, open, readFile, rename } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { dataFolder } from '../config/config.ts';
import { realFile } from '../db/real-file.ts';
import { HubError } from '../errors.ts';
import { syncFolder } from '../folder.ts';
import { giveToFolder, makeFolder } from '../ownership.ts';

/** That a person was erased; it does not tell whom. */
export interface ErasureNote {
  /** Of the request. */
  id: string;
  /** When the erasure was asked for. */
  at: number;
  /** What `personOf` makes of the person's Telegram id. */
  person: string;
}

export interface NotedErasures {
  /** Of the file: what persons are named with. */
  key: string;
  notes: ErasureNote[];
  /** What a person is called in the notes; it takes the file's key. */
  personOf(telegramId: number): string;
}

/** Notes of erasures in a file beside the database: a copy of the database that is restored does not take them back. */
export interface ErasureNotes {
  readonly file: string;
  /**
   * Adds one; it is on the disk when this resolves.
   * @throws NotesFault
   */
  note(erasure: { id: string; at: number; telegramId: number }): Promise<void>;
  /**
   * Reads all of them; undefined: no erasure was noted yet.
   * @throws NotesFault
   */
  read(): Promise<NotedErasures | undefined>;
}

/** The notes can't be read or written, and erasures wait. `watchedNotes` tells an operator, as a timer tries again each second. */
export class NotesFault extends HubError {
  constructor(message: string, cause: unknown) {
    super('unavailable', message, { cause });
  }
}

/** The first line: what the file is, and its key. Without the key a list of all Telegram ids would tell who is noted. */
const HEAD = /^valletpv-hub erasures 1 ([0-9a-f]{64})$/;
/** Each other line. One that a power cut left unfinished does not fit, and is skipped. */
const LINE = /^([0-9a-f-]{36}) (\d{1,15}) ([0-9a-f]{64})$/;
/** Beyond so many the older half goes: no copy is kept for so long. */
const MOST = 100_000;

/** Where the notes lie: beside the SQLite file, by its name; with PostgreSQL in the data folder, by the database's name. */
export function erasureNotesFile(config: { DATABASE_URL: string }): string {
  const { DATABASE_URL: url } = config;
  if (!url.startsWith('sqlite:')) {
    const database = URL.parse(url)?.pathname.replaceAll(/[^\w.-]/g, '') || 'postgres';
    return join(resolve(dataFolder(config)), `${database}-erased`);
  }
  return `${realFile(url.slice('sqlite:'.length))}-erased`;
}

/** @param most notes that are kept */
export function erasureNotes(file: string, most = MOST): ErasureNotes {
  const note: ErasureNotes['note'] = async ({ id, at, telegramId }) => {
    const key = (await keyOf(file)) ?? (await begin(file));
    const handle = await open(file, 'a');
    // Begins a line of its own: a full disk or a power cut may have left half a line at the end.
    await written(handle, `\n${id} ${at} ${nameOf(key, telegramId)}\n`);
  };

  const read: ErasureNotes['read'] = async () => {
    const written = await writtenNotes(file);
    if (written === undefined || written.notes.length <= most) return written;
    const notes = written.notes.slice(-Math.ceil(most / 2));
    await replace(file, { ...written, notes });
    return { ...written, notes };
  };

  return { file, note: (erasure) => asFault(file, note(erasure)), read: () => asFault(file, read()) };
}

/**
 * Reads the notes, and leaves the file as it is: a hub may be writing into it.
 * @throws NotesFault
 */
export function readNotes(file: string): Promise<NotedErasures | undefined> {
  return asFault(file, writtenNotes(file));
}

/**
 * Takes the notes over to the file of another database. Called again it adds what is not there yet.
 * @throws HubError `invalid_request` if that file has notes already that are not from here: a person has another name
 * in each. NotesFault if one of them can't be read or written
 */
export async function carryNotes(from: string, to: string): Promise<void> {
  const [here, there] = [await requireOwnNotes(from, to), await readNotes(to)];
  if (here === undefined) return;
  // What that hub noted once more has the later time.
  const notes = oncePerId([...here.notes, ...(there?.notes ?? [])]);
  await asFault(to, replace(to, { ...here, notes }));
}

/**
 * Looks, before all work, whether `carryNotes` could do it.
 * @returns the notes that would be carried
 * @throws HubError as it does
 */
export async function requireOwnNotes(from: string, to: string): Promise<NotedErasures | undefined> {
  const [here, there] = [await readNotes(from), await readNotes(to)];
  if (there === undefined || there.notes.length === 0 || here?.key === there.key) return here;
  throw new HubError(
    'invalid_request',
    `${resolve(to)} has the notes of erasures of another database of that name, and nothing was changed: take that file away, or give another database.`,
  );
}

async function writtenNotes(file: string): Promise<NotedErasures | undefined> {
  const key = await keyOf(file);
  if (key === undefined) return undefined;
  const lines = (await readFile(file, 'latin1')).split('\n');
  return { key, notes: oncePerId(lines.flatMap(noteOf)), personOf: (telegramId) => nameOf(key, telegramId) };
}

/** A process that ended in between may have noted one twice. */
function oncePerId(notes: readonly ErasureNote[]): ErasureNote[] {
  return [...new Map(notes.map((one) => [one.id, one])).values()];
}

function nameOf(key: string, telegramId: number): string {
  return createHmac('sha256', key).update(String(telegramId)).digest('hex');
}

/** The key of a file; undefined: there is no file. Of the notes nothing is read. */
async function keyOf(file: string): Promise<string | undefined> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (handle === undefined) return undefined;
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(200)).finally(() => handle.close());
  const [head = ''] = buffer.toString('latin1', 0, bytesRead).split('\n');
  const key = HEAD.exec(head)?.[1];
  if (key === undefined) throw new Error('it is not a file of erasures');
  return key;
}

async function begin(file: string): Promise<string> {
  const key = randomBytes(32).toString('hex');
  await replace(file, { key, notes: [] });
  return key;
}

function noteOf(line: string): ErasureNote[] {
  const [, id, at, person] = LINE.exec(line) ?? [];
  return id === undefined || person === undefined ? [] : [{ id, at: Number(at), person }];
}

/** Puts the whole file in its place at once. */
async function replace(file: string, { key, notes }: Pick<NotedErasures, 'key' | 'notes'>): Promise<void> {
  makeFolder(dirname(file));
  const partial = `${file}.partial`;
  const lines = notes.map(({ id, at, person }) => `${id} ${at} ${person}\n`);
  await written(await open(partial, 'w', 0o600), `valletpv-hub erasures 1 ${key}\n${lines.join('')}`);
  giveToFolder(partial);
  await rename(partial, file);
  await syncFolder(dirname(file));
}

async function written(handle: FileHandle, text: string): Promise<void> {
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function asFault<T>(file: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new NotesFault(
      `The notes of erasures ${file} can't be read or written (${reason}): make room, or give the file to the hub's user; one that is damaged you replace by a copy of it, or take away.`,
      cause,
    );
  }
}
