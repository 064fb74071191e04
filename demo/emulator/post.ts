import http from 'node:http';
import https from 'node:https';
import type { EmulatorClock } from './clock.ts';

/** What a webhook answered. */
export interface PostAnswer {
  status: number;
  statusText: string;
  body: string;
  /** From a Retry-After header that is an integer, at most an hour; a date counts as none, and so does 0. */
  retryAfterMs: number | undefined;
}

const keptMs = 60_000;
const longestRetryAfterSeconds = 3600;

/** Connections to a webhook, kept alive; `close` cuts those in use too, which fails their requests. */
export class PostClient {
  readonly #http: http.Agent;
  readonly #https: https.Agent;
  readonly #clock: Pick<EmulatorClock, 'after'>;
  readonly #timeoutMs: number;

  constructor(maxConnections: number, clock: Pick<EmulatorClock, 'after'>, timeoutMs: number) {
    const options = { keepAlive: true, maxSockets: maxConnections, timeout: keptMs };
    this.#http = new http.Agent(options);
    this.#https = new https.Agent(options);
    this.#clock = clock;
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
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'accept-encoding': 'gzip, deflate',
        ...headers,
      },
    });
    // From the first byte to the last, which request.setTimeout (idle time) would not be.
    const cancel = this.#clock.after(this.#timeoutMs, () => request.destroy(new Error('Read timeout expired')));
    const fail = (error: Error) => {
      cancel();
      reject(new Error(telegramsWords(error), { cause: error }));
    };
    request.on('error', fail);
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('error', fail);
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        cancel();
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
  const seconds = /^\d+$/.test(header?.trim() ?? '') ? Math.min(Number(header), longestRetryAfterSeconds) : 0;
  return seconds > 0 ? seconds * 1000 : undefined;
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
