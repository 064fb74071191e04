import type { IncomingMessage, ServerResponse } from 'node:http';
import { inTurn } from '../../src/db/in-turn.ts';
import type { Call, Outcome } from './call.ts';
import type { EmulatorClock } from './clock.ts';
import type { Feed } from './feed.ts';
import { sendFile } from './file-download.ts';
import type { FileStore } from './files.ts';
import { answerHtml, answerJson } from './json-answer.ts';
import type { Ledger } from './ledger.ts';
import type { SendLimits } from './limits.ts';
import { type CallInput, integer, type Method, type Params, readInput } from './params.ts';
import { Refusal } from './refusal.ts';
import { type Fault, type Rules, refusalOf, type TakenFault } from './rules.ts';

export interface BotApiParts {
  token: string;
  methods: Record<string, Method>;
  files: FileStore;
  rules: Rules;
  ledger: Ledger;
  feed: Feed;
  limits: SendLimits;
  clock: EmulatorClock;
}

/** One call on its way: what is known of it, and what it does if no rule bends it. */
interface RunningCall {
  method: string;
  params: Params;
  perform: () => Outcome | Promise<Outcome>;
  /** For how long the server itself waited out a flood, so far. */
  floodMs: number;
  answer: (outcome: Outcome) => void;
}

/** Methods of which one chat's calls wait behind each other. */
const ordered = /^(send(?!ChatAction)|edit|delete)/;
/** Methods that share a chat's limit. */
const limited = /^(send(?!ChatAction)|edit)/;
const turnedOff: TakenFault = {
  how: { kind: 'error', code: 503, description: 'Service Unavailable', html: true },
  onRelease: () => () => {},
};
const nothing: Outcome = { ok: false, error_code: 0, description: 'nothing was answered' };

/** Answers the bot's calls and file downloads: bends them where a rule says so, writes them down, answers. */
export class BotApi {
  readonly #parts: BotApiParts;
  readonly #methods: Map<string, [name: string, method: Method]>;
  readonly #turns = inTurn();
  readonly #delays = new Set<() => void>();
  #held = 0;
  /** Off: all that is asked is answered with 503, as a gateway says it before anything is done. */
  isOff = false;

  constructor(parts: BotApiParts) {
    this.#parts = parts;
    // Telegram takes method names in any case.
    this.#methods = new Map(
      Object.entries(parts.methods).map(([name, method]) => [name.toLowerCase(), [name, method]]),
    );
  }

  /** Callers that get no answer until time passes, or what holds their call ends. */
  get held(): number {
    return this.#held;
  }

  /** `/bot<token>/<method>` */
  async call(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
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
      if (!limited.test(name)) return { ok: true, ...(await method(input)) };
      const chatId = integer(input.params, 'chat_id') ?? 0;
      running.floodMs = await this.#parts.limits.pass(chatId, (ms) => this.#delay(ms, response));
      try {
        return { ok: true, ...(await method(input)) };
      } catch (error) {
        this.#parts.limits.giveBack(chatId);
        throw error;
      }
    };
    const answer = (outcome: Outcome) => answerOutcome(response, outcome);
    const running: RunningCall = { method: name, params: input.params, perform, floodMs: 0, answer };
    await this.#run(request, response, running);
  }

  /** `/file/bot<token>/<path>`; in the ledger and for rules this is the method `downloadFile`. */
  async download(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const [, token = '', path = ''] = /^\/file\/bot([^/]*)\/(.*)$/.exec(url.pathname) ?? [];
    const file = this.#parts.files.byPath(path);
    const { range } = request.headers;
    await this.#run(request, response, {
      method: 'downloadFile',
      params: { file_path: path, ...(range === undefined ? {} : { range }) },
      perform: () => {
        this.#mustKnow(token);
        if (file === undefined) throw new Refusal(404, 'Not Found');
        return { ok: true, result: true };
      },
      floodMs: 0,
      answer: (outcome) => {
        if (!outcome.ok || file === undefined) answerOutcome(response, outcome);
        else sendFile(request, response, file, { 'content-type': 'application/octet-stream' });
      },
    });
  }

  close(): void {
    for (const cancel of this.#delays) cancel();
  }

  async #run(request: IncomingMessage, response: ServerResponse, call: RunningCall): Promise<void> {
    const { rules, ledger, feed, clock } = this.#parts;
    const { method, params } = call;
    const at = clock.now();
    const chatId = integer(params, 'chat_id');
    const fault = this.isOff ? turnedOff : rules.take(method, chatId);
    const how = fault?.how;
    const waits = this.#hold(response);
    const begin = () => {
      waits();
      return this.#outcomeOf(call, how, response);
    };
    // It may stand behind a call whose caller hung up long ago.
    const isOrdered = chatId !== undefined && ordered.test(method);
    const outcome = await (isOrdered ? this.#turns(String(chatId), begin) : begin());
    const isTold = how === undefined || how.kind === 'delay' || how.kind === 'error';
    const entry: Call = {
      at,
      method,
      params,
      outcome,
      tookEffectAt: outcome.ok ? clock.now() : undefined,
      answeredAt: isTold && !request.socket.destroyed ? clock.now() : undefined,
      ...(call.floodMs > 0 ? { floodMs: call.floodMs } : {}),
      ...(how === undefined ? {} : { fault: how.kind }),
    };
    ledger.record(entry);
    feed.emit({ kind: 'call', call: entry });
    switch (how?.kind) {
      case 'reset':
      case 'reset_after':
        // A TCP reset: the other side sees ECONNRESET, as when a router gives up.
        request.socket.resetAndDestroy();
        return;
      case 'hang':
      case 'hang_after': {
        const forget = fault?.onRelease(() => request.socket.destroy());
        this.#hold(response);
        response.once('close', () => forget?.());
        return;
      }
      case 'error':
        if (how.html) answerHtml(response, how.code, how.retryAfter);
        else call.answer(outcome);
        return;
      case 'error_after':
        if (how.html) answerHtml(response, how.code, how.retryAfter);
        else answerOutcome(response, refused(refusalOf(how)));
        return;
      case 'delay':
      case undefined:
        call.answer(outcome);
        return;
      default:
        how satisfies never;
    }
  }

  async #outcomeOf(call: RunningCall, how: Fault | undefined, response: ServerResponse): Promise<Outcome> {
    if (how?.kind === 'hang' || how?.kind === 'reset') return nothing;
    try {
      if (how?.kind === 'error') throw refusalOf(how);
      if (how?.kind === 'delay') await this.#delay(how.ms, response);
      return await call.perform();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return refused(error);
    }
  }

  #mustKnow(token: string): void {
    // Some clients encode the colon.
    if (token.replace(/%3a/i, ':') !== this.#parts.token) throw new Refusal(401, 'Unauthorized');
  }

  #delay(ms: number, response: ServerResponse): Promise<void> {
    return new Promise((resolve) => {
      const letGo = this.#hold(response);
      const cancel = this.#parts.clock.after(ms, () => {
        this.#delays.delete(cancel);
        letGo();
        resolve();
      });
      this.#delays.add(cancel);
    });
  }

  /** Counts a caller that is kept waiting, until it hangs up or is let go. */
  #hold(response: ServerResponse): () => void {
    this.#held++;
    let isHeld = true;
    const letGo = () => {
      if (isHeld) this.#held--;
      isHeld = false;
    };
    response.once('close', letGo);
    return letGo;
  }
}

function refused({ code: error_code, message: description, retryAfter }: Refusal): Outcome {
  const parameters = retryAfter === undefined ? {} : { parameters: { retry_after: retryAfter } };
  return { ok: false, error_code, description, ...parameters };
}

function answerOutcome(response: ServerResponse, outcome: Outcome): void {
  const retryAfter = outcome.ok ? undefined : outcome.parameters?.retry_after;
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  answerJson(response, outcome.ok ? 200 : outcome.error_code, outcome, headers);
}
