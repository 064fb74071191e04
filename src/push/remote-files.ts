import { jsonText } from '../db/json-text.ts';
import { WRITTEN } from '../wording/written.ts';
import type { FetchedFile, FetchFile } from './fetch-file.ts';
import { type PushRow, urlOf } from './message.ts';
import type { PatientWrite } from './patient-write.ts';
import { keepFetched } from './push-store.ts';
import type { SendOutcome } from './send-port.ts';
import type { UploadStore } from './uploads.ts';
import { backoff } from './verdict.ts';

export interface RemoteFilesPorts {
  fetchFile: FetchFile;
  uploads: Pick<UploadStore, 'remove'>;
  onFault(error: unknown): void;
}

/** What only a dispatcher knows. */
export interface RemoteFilesState {
  write: PatientWrite;
  /** Has a chat looked at again. */
  wake(chatId: number, tpvId: string | null): void;
}

/** Files that are fetched at once … */
const MOST_AT_ONCE = 4;
/** … and for one TPV: its slow server keeps no other's file waiting. */
const MOST_PER_TPV = 2;
/** A file is tried so often, after 1, 2, 4 … s; then its message has failed. */
export const MOST_TRIES = 6;

/** Telegram's words for a URL that it does not fetch, or that gives a file that it does not take from a URL. */
const NOT_FETCHED =
  /wrong file identifier\/HTTP URL|failed to get HTTP URL content|wrong type of the web page content|wrong HTTP URL|can't upload file by URL|too big for a (photo|document)|WEBPAGE_CURL_FAILED|EXTERNAL_URL_INVALID|MEDIA_EMPTY/i;
/** Of documents Telegram fetches GIF, PDF and ZIP: it need not be asked for these. */
const OTHER_DOCUMENT = /\.(csv|docx?|jpe?g|json|mp[34]|od[pst]|png|pptx?|rar|rtf|tar|txt|webp|xlsx?|xml)$/i;

/** A file that the hub has to fetch for its message. */
interface RemoteFile {
  id: string;
  chatId: number;
  tpvId: string;
  url: string;
  kind: 'photo' | 'document';
  tries: number;
  /** With an outcome its lane has still to write down how it went. */
  state: 'needed' | 'fetching' | SendOutcome;
}

/** Whether Telegram said no to a message only because of the URL of its file. */
export function leavesFileToHub(row: PushRow, outcome: SendOutcome): boolean {
  if (outcome.kind !== 'refused' || outcome.code !== 400 || row.tpv_id === null) return false;
  return urlOf(row) !== undefined && NOT_FETCHED.test(outcome.description);
}

/**
 * Files that Telegram does not fetch from their URLs: the hub fetches them, and then their messages are messages with an
 * upload. A message keeps its place in its chat, which rests meanwhile and takes no other's place; nothing of the
 * message has left then, whatever goes wrong.
 */
export class RemoteFiles {
  readonly #ports: RemoteFilesPorts;
  readonly #state: RemoteFilesState;
  readonly #files = new Map<string, RemoteFile>();
  readonly #waiting = new Set<RemoteFile>();
  readonly #underWay = new Map<RemoteFile, Promise<void>>();
  readonly #stopping = new AbortController();

  constructor(ports: RemoteFilesPorts, state: RemoteFilesState) {
    this.#ports = ports;
    this.#state = state;
  }

  /** Telegram leaves the message's file to the hub; it is fetched once the message is looked at again. */
  needed(row: PushRow): void {
    this.#file(row);
  }

  /**
   * Looks at the next message of a chat before it leaves.
   * @returns `fetching`: its chat is woken once that ended; an outcome: its file can't be had (now); undefined: it may
   * leave
   */
  look(row: PushRow): 'fetching' | SendOutcome | undefined {
    const url = urlOf(row);
    const isOther = url !== undefined && row.kind === 'document' && OTHER_DOCUMENT.test(URL.parse(url)?.pathname ?? '');
    const file = this.#files.get(row.id) ?? (isOther ? this.#file(row) : undefined);
    if (file === undefined) return undefined;
    if (file.state === 'needed') {
      file.state = 'fetching';
      this.#waiting.add(file);
      this.#next();
    }
    if (file.state === 'fetching') return 'fetching';
    const outcome = file.state;
    file.state = 'needed';
    if (outcome.kind === 'impossible') this.#files.delete(row.id);
    return outcome;
  }

  /** Ends what is under way; it is fetched anew after the next start. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#underWay.values());
  }

  #file(row: PushRow): RemoteFile | undefined {
    const { id, chat_id: chatId, tpv_id: tpvId, kind } = row;
    const url = urlOf(row);
    if (url === undefined || tpvId === null || (kind !== 'photo' && kind !== 'document')) return undefined;
    const file: RemoteFile = { id, chatId, tpvId, url, kind, tries: 0, state: 'needed' };
    this.#files.set(id, file);
    return file;
  }

  #next(): void {
    for (const file of this.#waiting) {
      if (this.#stopping.signal.aborted || this.#underWay.size >= MOST_AT_ONCE) return;
      const sameTpv = [...this.#underWay.keys()].filter(({ tpvId }) => tpvId === file.tpvId);
      if (sameTpv.length >= MOST_PER_TPV) continue;
      this.#waiting.delete(file);
      const done = this.#fetch(file).finally(() => {
        this.#underWay.delete(file);
        this.#next();
      });
      this.#underWay.set(file, done);
    }
  }

  /** Never rejects. */
  async #fetch(file: RemoteFile): Promise<void> {
    const { fetchFile, onFault } = this.#ports;
    try {
      const fetched = await fetchFile(file, this.#stopping.signal);
      if (fetched.kind === 'fetched') await this.#keep(file, fetched);
      else file.state = outcomeOf(fetched, ++file.tries);
    } catch (error) {
      if (!this.#stopping.signal.aborted) onFault(error);
      file.state = outcomeOf({ kind: 'later', description: WRITTEN.urlNotFetched.es }, ++file.tries);
    }
    this.#state.wake(file.chatId, file.tpvId);
  }

  /** From now on it is the message's upload. If that can't be written, the sweep of uploads removes it. */
  async #keep(file: RemoteFile, { upload, release }: Extract<FetchedFile, { kind: 'fetched' }>): Promise<void> {
    const { id, url } = file;
    const data = jsonText({ url, file: upload.file });
    let kept = false;
    try {
      await this.#state.write(async (tx) => {
        kept = (await tx.run(keepFetched, { id, data, bytes: upload.bytes })).length > 0;
      });
    } finally {
      release();
    }
    this.#files.delete(id);
    // Its message went meanwhile.
    if (!kept) await this.#ports.uploads.remove(upload.file);
  }
}

function outcomeOf(fetched: Exclude<FetchedFile, { kind: 'fetched' }>, tries: number): SendOutcome {
  const { kind, description } = fetched;
  if (kind === 'impossible' || tries >= MOST_TRIES) return { kind: 'impossible', description };
  return { kind: 'later', description, waitMs: backoff(tries) };
}
