import http from 'node:http';
import https from 'node:https';

/** What a webhook answered. */
export interface PostAnswer {
  status: number;
  statusText: string;
  body: string;
  /** Milliseconds, from the Retry-After header. */
  retryAfterMs: number | undefined;
}

/** Connections to a webhook, kept alive; `close` cuts those in use too, which fails their requests. */
export class PostClient {
  readonly #http: http.Agent;
  readonly #https: https.Agent;
  readonly #timeoutMs: number;

  constructor(maxConnections: number, timeoutMs: number) {
    this.#http = new http.Agent({ keepAlive: true, maxSockets: maxConnections });
    this.#https = new https.Agent({ keepAlive: true, maxSockets: maxConnections });
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Posts JSON and waits for the whole answer.
   *
   * @throws {Error} in Telegram's words ("Connection refused", "Read timeout expired"), `cause` kept
   */
  post(url: string, body: string | Buffer, headers: Record<string, string>): Promise<PostAnswer> {
    const secure = url.startsWith('https:');
    const { promise, resolve, reject } = Promise.withResolvers<PostAnswer>();
    const request = (secure ? https : http).request(url, {
      method: 'POST',
      agent: secure ? this.#https : this.#http,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers },
    });
    // From the first byte to the last, which request.setTimeout (idle time) would not be.
    const timer = setTimeout(() => request.destroy(new Error('Read timeout expired')), this.#timeoutMs);
    const fail = (error: Error) => {
      clearTimeout(timer);
      reject(new Error(telegramsWords(error), { cause: error }));
    };
    request.on('error', fail);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('error', fail);
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        clearTimeout(timer);
        resolve({
          status: response.statusCode ?? 0,
          statusText: response.statusMessage || (http.STATUS_CODES[response.statusCode ?? 0] ?? ''),
          body: Buffer.concat(chunks).toString(),
          retryAfterMs: retryAfterMs(response.headers['retry-after']),
        });
      });
    });
    request.end(body);
    return promise;
  }

  close(): void {
    this.#http.destroy();
    this.#https.destroy();
  }
}

function retryAfterMs(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : undefined;
}

function telegramsWords(error: NodeJS.ErrnoException): string {
  switch (error.code) {
    case 'ECONNREFUSED':
      return 'Connection refused';
    case 'ECONNRESET':
    case 'EPIPE':
      return 'Connection reset by peer';
    case 'ETIMEDOUT':
      return 'Connection timed out';
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'Failed to resolve host: Name or service not known';
    default:
      return error.message;
  }
}
