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
