import type { IncomingMessage, ServerResponse } from 'node:http';
import type { StoredFile } from './files.ts';
import { answerJson } from './json-answer.ts';

/** Sends a file's bytes, whole or the one range that was asked for (RFC 9110, section 14). */
export function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  file: StoredFile,
  headers: Record<string, string>,
): void {
  const { bytes } = file.upload;
  const range = rangeFrom(request.headers.range, bytes.length);
  if (range === 'unsatisfiable') {
    response.setHeader('content-range', `bytes */${bytes.length}`);
    answerJson(response, 416, { ok: false, error_code: 416, description: 'Requested Range Not Satisfiable' });
    return;
  }
  const part = range === undefined ? bytes : bytes.subarray(range.start, range.end + 1);
  const etag = `"${file.upload.summary.sha256.slice(0, 32)}"`;
  response.writeHead(range === undefined ? 200 : 206, {
    'content-length': part.length,
    'accept-ranges': 'bytes',
    etag,
    ...(range === undefined ? {} : { 'content-range': `bytes ${range.start}-${range.end}/${bytes.length}` }),
    ...headers,
  });
  response.end(request.method === 'HEAD' ? undefined : part);
}

function rangeFrom(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return undefined;
  const last = size - 1;
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? last : Math.min(last, Number(match[2]));
  return start > last || start > end ? 'unsatisfiable' : { start, end };
}
