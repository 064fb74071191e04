import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Outcome } from './call.ts';
import { type Feed, now } from './feed.ts';
import { sendFile } from './file-download.ts';
import type { FileStore } from './files.ts';
import { answerJson } from './json-answer.ts';
import type { Ledger } from './ledger.ts';
import type { SendLimits } from './limits.ts';
import { type CallInput, integer, type Method, type Params, readInput } from './params.ts';
import { Refusal } from './refusal.ts';
import { type Rules, refusalOf, type TakenFault } from './rules.ts';

export interface BotApiParts {
  token: string;
  methods: Record<string, Method>;
  files: FileStore;
  rules: Rules;
  ledger: Ledger;
  feed: Feed;
  limits: SendLimits | undefined;
}

/** One call on its way: what is known of it, and what it does if no rule bends it. */
interface RunningCall {
  at: number;
  method: string;
  params: Params;
  perform: () => Outcome | Promise<Outcome>;
  answer: (outcome: Outcome) => void;
}

/** Answers the bot's calls and file downloads: bends them where a rule says so, writes them down, answers. */
export class BotApi {
  readonly #parts: BotApiParts;
  readonly #methods: Map<string, [name: string, method: Method]>;
  readonly #delays = new Set<NodeJS.Timeout>();

  constructor(parts: BotApiParts) {
    this.#parts = parts;
    // Telegram takes method names in any case.
    this.#methods = new Map(
      Object.entries(parts.methods).map(([name, method]) => [name.toLowerCase(), [name, method]]),
    );
  }

  /** `/bot<token>/<method>` */
  async call(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const at = now();
    const [, token = '', called = ''] = /^\/bot([^/]*)\/?(.*?)\/?$/.exec(url.pathname) ?? [];
    const [name, method] = this.#methods.get(called.toLowerCase()) ?? [called, undefined];
    const onDisconnect = (listener: () => void) => response.once('close', listener);
    let input: CallInput = { params: {}, uploads: new Map(), onDisconnect };
    let unreadable: Refusal | undefined;
    try {
      input = { ...(await readInput(request, url.searchParams)), onDisconnect };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      unreadable = error;
    }
    const perform = async (): Promise<Outcome> => {
      if (unreadable !== undefined) throw unreadable;
      this.#mustKnow(token);
      if (method === undefined) throw new Refusal(404, 'Not Found: method not found');
      if (/^(send(?!ChatAction)|edit)/.test(name)) this.#parts.limits?.spend(integer(input.params, 'chat_id') ?? 0);
      return { ok: true, ...(await method(input)) };
    };
    const answer = (outcome: Outcome) => answerOutcome(response, outcome);
    await this.#run(request, response, { at, method: name, params: input.params, perform, answer });
  }

  /** `/file/bot<token>/<path>`; in the ledger and for rules this is the method `downloadFile`. */
  async download(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const [, token = '', path = ''] = /^\/file\/bot([^/]*)\/(.*)$/.exec(url.pathname) ?? [];
    const file = this.#parts.files.byPath(path);
    const { range } = request.headers;
    await this.#run(request, response, {
      at: now(),
      method: 'downloadFile',
      params: { file_path: path, ...(range === undefined ? {} : { range }) },
      perform: () => {
        this.#mustKnow(token);
        if (file === undefined) throw new Refusal(404, 'Not Found');
        return { ok: true, result: true };
      },
      answer: (outcome) => {
        if (!outcome.ok || file === undefined) answerOutcome(response, outcome);
        else sendFile(request, response, file, { 'content-type': 'application/octet-stream' });
      },
    });
  }

  close(): void {
    for (const timer of this.#delays) clearTimeout(timer);
  }

  async #run(request: IncomingMessage, response: ServerResponse, call: RunningCall): Promise<void> {
    const { rules, ledger, feed } = this.#parts;
    const fault = rules.take(call.method, integer(call.params, 'chat_id'));
    const outcome = await this.#outcomeOf(call, fault);
    feed.emit({ kind: 'call', call: ledger.record(call.at, call.method, call.params, outcome, fault?.how.kind) });
    switch (fault?.how.kind) {
      case 'reset':
      case 'reset_after':
        // A TCP reset: the other side sees ECONNRESET, as when a router gives up.
        request.socket.resetAndDestroy();
        return;
      case 'hang':
        response.once(
          'close',
          fault.onRelease(() => request.socket.destroy()),
        );
        return;
      default:
        call.answer(outcome);
    }
  }

  async #outcomeOf(call: RunningCall, fault: TakenFault | undefined): Promise<Outcome> {
    const how = fault?.how;
    if (how?.kind === 'hang' || how?.kind === 'reset') return { ok: false, error_code: 0, description: how.kind };
    try {
      if (how?.kind === 'error') throw refusalOf(how);
      if (how?.kind === 'delay') await this.#delay(how.ms);
      return await call.perform();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { code: error_code, message: description, retryAfter } = error;
      const parameters = retryAfter === undefined ? {} : { parameters: { retry_after: retryAfter } };
      return { ok: false, error_code, description, ...parameters };
    }
  }

  #mustKnow(token: string): void {
    // Some clients encode the colon.
    if (token.replace(/%3a/i, ':') !== this.#parts.token) throw new Refusal(401, 'Unauthorized');
  }

  #delay(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#delays.delete(timer);
        resolve();
      }, ms);
      this.#delays.add(timer);
    });
  }
}

function answerOutcome(response: ServerResponse, outcome: Outcome): void {
  const retryAfter = outcome.ok ? undefined : outcome.parameters?.retry_after;
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  answerJson(response, outcome.ok ? 200 : outcome.error_code, outcome, headers);
}
