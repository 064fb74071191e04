import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { imageSize } from './image-size.ts';
import type { FileRef, PhotoSize } from './message.ts';
import type { Upload } from './multipart.ts';
import { badRequest } from './refusal.ts';

export type FileKind = 'photo' | 'document' | 'voice';

/** A file that a person or the bot sent. */
export interface StoredFile {
  kind: FileKind;
  fileId: string;
  /** The same for the same bytes, as Telegram's. */
  uniqueId: string;
  /** Below `/file/bot<token>/`. */
  path: string;
  upload: Upload;
}

const folders = { photo: 'photos', document: 'documents', voice: 'voice' } as const;
const maxDownloadBytes = 20 * 1024 * 1024;

/** Every file that was sent, by its file_id and by its path. */
export class FileStore {
  readonly #byId = new Map<string, StoredFile>();
  readonly #byPath = new Map<string, StoredFile>();
  readonly #folder: string | undefined;

  /** @param folder where a server of one's own (`--local`) keeps them: it names their paths there, and serves none */
  constructor(folder?: string) {
    this.#folder = folder;
  }

  add(kind: FileKind, upload: Upload): StoredFile {
    const extension = /\.[A-Za-z0-9]{1,8}$/.exec(upload.summary.file_name)?.[0] ?? (kind === 'photo' ? '.jpg' : '');
    const file: StoredFile = {
      kind,
      fileId: `${kind[0]}${randomBytes(30).toString('base64url')}`,
      uniqueId: createHash('sha256').update(upload.summary.sha256).digest('base64url').slice(0, 16),
      path: `${folders[kind]}/file_${this.#byPath.size}${extension}`,
      upload,
    };
    this.#byId.set(file.fileId, file);
    this.#byPath.set(file.path, file);
    return file;
  }

  byId(fileId: string): StoredFile | undefined {
    return this.#byId.get(fileId);
  }

  /** What is served at this path. */
  byPath(path: string): StoredFile | undefined {
    return this.#folder === undefined ? this.#byPath.get(path) : undefined;
  }

  /** getFile's result. */
  describe(fileId: string): FileRef & { file_path: string } {
    const file = this.#byId.get(fileId);
    if (file === undefined) throw badRequest('invalid file_id');
    const { fileId: file_id, uniqueId: file_unique_id, path, upload } = file;
    const described = { file_id, file_unique_id, file_size: upload.summary.size };
    if (this.#folder === undefined) {
      if (upload.summary.size > maxDownloadBytes) throw badRequest('file is too big');
      return { ...described, file_path: path };
    }
    const kept = join(this.#folder, path);
    mkdirSync(dirname(kept), { recursive: true });
    writeFileSync(kept, upload.bytes);
    return { ...described, file_path: kept };
  }

  /** A photo as messages carry it: small first, the original last. */
  photo(original: StoredFile): PhotoSize[] {
    const { width, height } = imageSize(original.upload.bytes) ?? { width: 640, height: 480 };
    const scale = Math.min(1, 90 / Math.max(width, height));
    const small = this.add('photo', original.upload);
    return [
      { ...this.#ref(small), width: Math.ceil(width * scale), height: Math.ceil(height * scale) },
      { ...this.#ref(original), width, height },
    ];
  }

  document(file: StoredFile): FileRef {
    const { file_name, mime_type } = file.upload.summary;
    return { ...this.#ref(file), file_name, mime_type };
  }

  #ref({ fileId, uniqueId, upload }: StoredFile): FileRef {
    return { file_id: fileId, file_unique_id: uniqueId, file_size: upload.summary.size };
  }
}
