import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { HubClientError } from '../errors.ts';
import type { RequestBody } from '../http/request.ts';
import type { UploadSource } from './file.ts';

export interface Upload {
  /** The part's name. */
  name: string;
  source: UploadSource;
  maxBytes: number;
}

/**
 * A multipart/form-data body (RFC 7578): the fields, text as it is and everything else as JSON, then the file, read
 * while it is sent and never held whole. FormData can't do that: it takes no stream.
 */
export function multipartBody(fields: Readonly<Record<string, unknown>>, upload: Upload): RequestBody {
  // Random, so that no file's bytes can be made to look like the next part.
  const boundary = `valletpv-${randomUUID()}`;
  const { source } = upload;
  let fault: Error | undefined;

  async function* parts(moved: () => void): AsyncGenerator<Uint8Array> {
    yield Buffer.from(headOf(boundary, fields, upload));
    let bytes = 0;
    try {
      for await (const chunk of contentOf(source)) {
        moved();
        if (!(chunk instanceof Uint8Array)) throw unusable(upload, 'its stream must give bytes (Uint8Array or Buffer)');
        bytes += chunk.byteLength;
        if (bytes > upload.maxBytes) throw unusable(upload, `it may have ${upload.maxBytes} bytes at most`);
        yield chunk;
      }
    } catch (cause) {
      fault = cause instanceof HubClientError ? cause : unusable(upload, "it can't be read", cause);
      throw fault;
    }
    yield Buffer.from(`\r\n--${boundary}--\r\n`);
  }

  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    repeatable: 'path' in source || source.content instanceof Uint8Array,
    open: parts,
    get fault() {
      return fault;
    },
  };
}

function headOf(boundary: string, fields: Readonly<Record<string, unknown>>, { name, source }: Upload): string {
  const texts = Object.entries(fields).filter(([, value]) => value !== undefined);
  const head = texts.map(
    ([field, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${field}"\r\n\r\n` +
      `${typeof value === 'string' ? value : JSON.stringify(value)}\r\n`,
  );
  const fileName = 'path' in source ? (source.name ?? basename(source.path)) : source.name;
  const type = source.type ?? 'application/octet-stream';
  if (!/^[\x20-\x7e]+$/.test(type)) throw new HubClientError('invalid_options', { detail: `${name}.type: ${type}` });
  return (
    `${head.join('')}--${boundary}\r\n` +
    `Content-Disposition: form-data; name="${name}"; filename="${quoted(fileName)}"\r\nContent-Type: ${type}\r\n\r\n`
  );
}

/** As browsers write it: what would end the name or the line is percent-encoded. */
function quoted(fileName: string): string {
  return fileName.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function contentOf(source: UploadSource): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  if ('path' in source) return createReadStream(source.path);
  return source.content instanceof Uint8Array ? [source.content] : source.content;
}

function unusable({ name }: Upload, why: string, cause?: unknown): HubClientError {
  return new HubClientError('invalid_options', { detail: `${name}: ${why}`, cause });
}
