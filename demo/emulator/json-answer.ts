import { type ServerResponse, STATUS_CODES } from 'node:http';

/** Writes a JSON answer whole. */
export function answerJson(
  response: ServerResponse,
  status: number,
  value: object,
  headers: Record<string, string> = {},
): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}

/** Answers as a gateway before the Bot API does: with a page for people. */
export function answerHtml(response: ServerResponse, status: number, retryAfterSeconds: number | undefined): void {
  const reason = `${status} ${STATUS_CODES[status] ?? 'Error'}`;
  const headers: Record<string, string> =
    retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  response.writeHead(status, { 'content-type': 'text/html', ...headers });
  response.end(`<html><head><title>${reason}</title></head><body><h1>${reason}</h1></body></html>\n`);
}
