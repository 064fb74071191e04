import { extname } from 'node:path';
import { type DownloadOutcome, type DownloadPorts, download, type FileHead } from '../callbacks/download.ts';
import { HubError } from '../errors.ts';
import { SPANISH } from '../wording/wording.ts';
import { WRITTEN, WRITTEN_WITH_NUMBER, writtenWith } from '../wording/written.ts';
import { formFileName, mimeType } from './file-name.ts';
import { MAX_DOCUMENT_BYTES, MAX_PHOTO_BYTES } from './message.ts';
import type { PushQuota } from './quota.ts';
import type { SavedUpload, UploadStore } from './uploads.ts';

/** What is fetched, and for whom. */
export interface FileRequest {
  url: string;
  kind: 'photo' | 'document';
  tpvId: string;
}

/** How fetching went. Descriptions are for whoever reads the message: they tell nothing of the hub's network. */
export type FetchedFile =
  /** Call `release` once the file belongs to its message, or is gone. */
  | { kind: 'fetched'; upload: SavedUpload; release(): void }
  /** Worth another try. */
  | { kind: 'later'; description: string }
  | { kind: 'impossible'; description: string };

/** Fetches what Telegram does not; settles once `stop` is aborted. */
export type FetchFile = (request: FileRequest, stop: AbortSignal) => Promise<FetchedFile>;

export interface FetchFilePorts extends Omit<DownloadPorts, 'allowPrivate'> {
  /** Whether this origin may lie at an address of a LAN, for the TPV. */
  allowPrivate(origin: string, tpvId: string): Promise<boolean>;
  uploads: UploadStore;
  quota: Pick<PushQuota, 'storeFor'>;
}

const LIMITS = {
  photo: { limitBytes: MAX_PHOTO_BYTES, name: 'foto', mimeType: 'image/jpeg' },
  document: { limitBytes: MAX_DOCUMENT_BYTES, name: 'documento', mimeType: 'application/octet-stream' },
} as const;

/** What a file is called whose URL does not say it, so that a telephone knows what opens it. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  'application/json': '.json',
  'application/msword': '.doc',
  'application/pdf': '.pdf',
  'application/vnd.ms-excel': '.xls',
  'application/vnd.oasis.opendocument.spreadsheet': '.ods',
  'application/vnd.oasis.opendocument.text': '.odt',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': '.xlsx',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': '.docx',
  'application/xml': '.xml',
  'application/zip': '.zip',
  'image/gif': '.gif',
  'image/jpeg': '.jpg',
  'image/png': '.png',
  'image/webp': '.webp',
  'text/csv': '.csv',
  'text/html': '.html',
  'text/plain': '.txt',
  'text/xml': '.xml',
  'video/mp4': '.mp4',
};
/** What a URL ends with that names a program, and not what it gives. */
const PROGRAM = /^\.(php\d?|aspx?|jsp|cgi|do|html?)$/i;

/** Fetches files through the guard, to the disk as they come. */
export function fileFetcher({ allowPrivate, uploads, quota, ...ports }: FetchFilePorts): FetchFile {
  return async ({ url, kind, tpvId }, stop) => {
    let release = () => {};
    try {
      const allowed = await quota.storeFor(tpvId, uploads, { isQueued: true });
      release = allowed.release;
      const guard = { ...ports, allowPrivate: (origin: string) => allowPrivate(origin, tpvId) };
      const outcome = await download(guard, url, stop, (head, body) => save(allowed.store, kind, head, body));
      if (outcome.kind !== 'saved') release();
      return outcome.kind === 'saved' ? { kind: 'fetched', upload: outcome.saved, release } : unfetched(outcome);
    } catch (error) {
      release();
      if (error instanceof HubError) return refusal(error, kind);
      throw error;
    }
  };
}

function save(
  store: UploadStore,
  kind: FileRequest['kind'],
  { url, contentType, bytes }: FileHead,
  body: AsyncIterable<Buffer>,
): Promise<SavedUpload> {
  const { limitBytes, ...otherwise } = LIMITS[kind];
  const type = mimeType(contentType) ?? otherwise.mimeType;
  if (kind === 'photo' && !/^(image\/|application\/octet-stream$)/.test(type)) {
    throw new HubError('invalid_request', 'A photo is none.', {
      details: [{ path: 'photo', message: (say) => say.notAnImage(type) }],
    });
  }
  if (bytes > limitBytes) throw new HubError('payload_too_large', 'A file announces too much.');
  return store.save(body, { part: kind, limitBytes, name: nameOf(url, type, otherwise.name), mimeType: type });
}

/** As the URL calls it, which may be percent-encoded; what is no UTF-8 stays as it is. */
function nameOf({ pathname }: URL, type: string, fallback: string): string {
  let last = pathname.split('/').at(-1) ?? '';
  try {
    last = decodeURIComponent(last);
  } catch {
    // Its own bytes name it.
  }
  const name = formFileName(last, fallback);
  const given = extname(name);
  const extension = EXTENSIONS[type];
  if (extension === undefined || (given !== '' && !PROGRAM.test(given))) return name;
  return name.slice(0, name.length - given.length) + extension;
}

function unfetched(outcome: Exclude<DownloadOutcome<never>, { kind: 'saved' }>): FetchedFile {
  switch (outcome.kind) {
    case 'status': {
      const description = writtenWith(outcome.status, WRITTEN_WITH_NUMBER.urlStatus);
      return { kind: outcome.status >= 500 || outcome.status === 429 ? 'later' : 'impossible', description };
    }
    case 'refused':
      return { kind: 'impossible', description: REFUSED[outcome.reason] };
    case 'failed':
      if (outcome.reason === 'encoding') return { kind: 'impossible', description: WRITTEN.urlPacked.es };
      return {
        kind: 'later',
        description: outcome.reason === 'timeout' ? WRITTEN.urlTooSlow.es : WRITTEN.urlUnreachable.es,
      };
    default:
      return outcome satisfies never;
  }
}

const REFUSED: Readonly<Record<Extract<DownloadOutcome<never>, { kind: 'refused' }>['reason'], string>> = {
  url: WRITTEN.urlForm.es,
  address: WRITTEN.urlAddress.es,
  redirects: WRITTEN.urlRedirects.es,
};

/** What the store, the quota or the disk says. */
function refusal(error: HubError, kind: FileRequest['kind']): FetchedFile {
  switch (error.code) {
    case 'payload_too_large': {
      const megabytes = LIMITS[kind].limitBytes / 1024 / 1024;
      return { kind: 'impossible', description: writtenWith(megabytes, WRITTEN_WITH_NUMBER.urlTooLarge) };
    }
    case 'invalid_request':
      return { kind: 'impossible', description: `el fichero de su URL no sirve: ${error.reason(SPANISH.words)}` };
    case 'quota_exceeded':
      return { kind: 'later', description: error.reason(SPANISH.words) };
    default:
      return { kind: 'later', description: WRITTEN.urlNotKept.es };
  }
}
