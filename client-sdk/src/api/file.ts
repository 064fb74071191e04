/** Bytes of a file: from `start`, which counts from 0, to `end`, which is included; without `end`, to the last one. */
export interface ByteRange {
  start: number;
  end?: number;
}

/** How a file is read. */
export interface DownloadOptions {
  /** Only these bytes, to go on where an earlier download ended. */
  range?: ByteRange;
  signal?: AbortSignal;
}

/** A file that a person sent. Read its `stream`, or `bytes()`; one of them, once. */
export interface HubFile {
  /** As the sender's device called it, without any folder; undefined where the hub does not say. */
  name: string | undefined;
  type: string;
  /** Bytes that `stream` will bring, where the hub says. */
  size: number | undefined;
  /** `for await` reads it; `Readable.fromWeb(stream)` makes a Node stream of it. It fails with a `HubClientError`. */
  stream: ReadableStream<Uint8Array>;
  /** Everything at once; 20 MB at most. */
  bytes(): Promise<Uint8Array>;
}

/**
 * Where a file comes from. Text alone is none, so that what a person wrote is never taken for a path.
 * - `url`: Telegram fetches it.
 * - `path`: read from this machine's disk.
 * - `content`: bytes that are here already, or a stream of them. A stream can be read once, so a push with one is never
 *   tried again.
 */
export type FileSource =
  | { url: string | URL }
  | { path: string /** Default: the path's last part. */; name?: string; type?: string }
  | { content: FileContent; name: string; type?: string };

/** One whose bytes this side sends. */
export type UploadSource = Exclude<FileSource, { url: string | URL }>;

/** Bytes: all at once, or as they come (a Node stream, a web stream, a generator). */
export type FileContent = Uint8Array | AsyncIterable<Uint8Array>;
