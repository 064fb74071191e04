import type { Database, Tx } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { HubError } from '../errors.ts';
import type { Sentence } from '../wording/wording.ts';
import type { UploadInput, UploadStore } from './uploads.ts';

/** Messages of one TPV that may wait for Telegram (docs/security.md, S29). */
export const MOST_WAITING = 10_000;
/** What the files of one TPV's messages may take of the disk until Telegram has them. */
export const MOST_UPLOAD_BYTES = 200 * 1024 * 1024;
/** Telegram takes some 30 messages a second: after this long there is room for many more. */
const TRY_AGAIN_SECONDS = 30;

/** The message that makes the queue full; no row while there is room. It is the index's first entries alone. */
const waitingAt = statement<{ tpvId: string; place: number }>()((db, p) =>
  db
    .selectFrom('push_messages')
    .select('seq')
    .where('tpv_id', '=', p('tpvId'))
    .where('status', '=', 'pending')
    .limit(1)
    .offset(p('place')),
);

const uploadBytes = statement<{ tpvId: string }>()((db, p) =>
  db
    .selectFrom('push_messages')
    .select((eb) => eb.fn.sum<number | null>('upload_bytes').as('bytes'))
    .where('tpv_id', '=', p('tpvId'))
    .where('status', 'in', ['pending', 'sending', 'failed', 'unknown'])
    .where('upload_bytes', 'is not', null),
);

export interface QuotaPorts {
  db: Pick<Database, 'query'>;
  /** A TPV was refused. */
  reached(tpvId: string): void;
  /** Whether the disk has room for files; undefined if that is not known. */
  diskHasRoom(): Promise<boolean | undefined>;
}

/** How much of the hub one TPV may fill while Telegram takes nothing: the others' messages go on being taken. */
export class PushQuota {
  readonly #ports: QuotaPorts;
  /** Bytes that are being written for each TPV, and belong to no message yet. */
  readonly #writing = new Map<string, number>();

  constructor(ports: QuotaPorts) {
    this.#ports = ports;
  }

  /**
   * Whether one message more may wait, as part of the transaction that takes it.
   * @param bytes of its file
   * @throws HubError `quota_exceeded`
   */
  async require(tx: Tx, tpvId: string, bytes = 0): Promise<void> {
    const [full] = await tx.run(waitingAt, { tpvId, place: MOST_WAITING - 1 });
    let refusal = full && tooManyWaiting();
    if (refusal === undefined && bytes > 0) {
      const [sum] = await tx.run(uploadBytes, { tpvId });
      if (Number(sum?.bytes ?? 0) + bytes > MOST_UPLOAD_BYTES) refusal = tooManyBytes();
    }
    if (refusal === undefined) return;
    // Nothing is committed, so it is said when it is taken back.
    tx.afterRollback(() => this.#ports.reached(tpvId));
    throw refusal;
  }

  /**
   * A store for one upload of a TPV's: it refuses before anything is read, and while it is read, what is too much.
   * Call `release` once the file belongs to a message, or is gone.
   * @param isQueued the file's message waits already
   * @throws HubError `insufficient_storage`, `quota_exceeded`
   */
  async storeFor(
    tpvId: string,
    uploads: UploadStore,
    { isQueued = false } = {},
  ): Promise<{ store: UploadStore; release(): void }> {
    const { db, diskHasRoom } = this.#ports;
    if ((await diskHasRoom()) === false) throw noRoom();
    const [full] = isQueued ? [] : await db.query(waitingAt, { tpvId, place: MOST_WAITING - 1 });
    if (full !== undefined) throw this.#refused(tpvId, tooManyWaiting());
    const [sum] = await db.query(uploadBytes, { tpvId });
    const kept = Number(sum?.bytes ?? 0);
    let mine = 0;
    const grow = (bytes: number) => {
      mine += bytes;
      this.#writing.set(tpvId, (this.#writing.get(tpvId) ?? 0) + bytes);
      if (kept + (this.#writing.get(tpvId) ?? 0) > MOST_UPLOAD_BYTES) throw this.#refused(tpvId, tooManyBytes());
    };
    grow(0);
    return {
      store: {
        ...uploads,
        save: (source: AsyncIterable<Buffer>, input: UploadInput) => uploads.save(counted(source, grow), input),
      },
      release: () => {
        const left = (this.#writing.get(tpvId) ?? 0) - mine;
        mine = 0;
        if (left > 0) this.#writing.set(tpvId, left);
        else this.#writing.delete(tpvId);
      },
    };
  }

  #refused(tpvId: string, refusal: HubError): HubError {
    this.#ports.reached(tpvId);
    return refusal;
  }
}

async function* counted(source: AsyncIterable<Buffer>, grow: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    grow(chunk.length);
    yield chunk;
  }
}

function tooManyWaiting(): HubError {
  return exceeded((say) => say.mostWaiting(MOST_WAITING));
}

function tooManyBytes(): HubError {
  return exceeded((say) => say.mostUploads(MOST_UPLOAD_BYTES / 1024 / 1024));
}

function exceeded(message: Sentence): HubError {
  return new HubError('quota_exceeded', 'A TPV has as much waiting as it may.', {
    details: [{ path: '', message }],
    retryAfterSeconds: TRY_AGAIN_SECONDS,
  });
}

function noRoom(): HubError {
  return new HubError('insufficient_storage', 'The disk is nearly full: uploads are refused first.');
}
