import type { ServerResponse } from 'node:http';
import type { EmulatorEvent, Feed } from './feed.ts';
import type { Message, ReplyKeyboard } from './message.ts';

const pingMs = 15_000;
const maxUnsentBytes = 4 * 1024 * 1024;

/** A chat as its person sees it. */
export interface ShownChat {
  messages: readonly Message[];
  keyboard: ReplyKeyboard | undefined;
}

interface Stream {
  response: ServerResponse;
  chatId: number | undefined;
}

/** Open chat pages, each hearing what its person would see (server-sent events). */
export class EventStreams {
  readonly #streams = new Set<Stream>();
  readonly #unsubscribe: () => void;
  readonly #ping: NodeJS.Timeout;

  constructor(feed: Feed) {
    this.#unsubscribe = feed.subscribe((event) => this.#pass(event));
    // Without traffic a proxy would end the connection.
    this.#ping = setInterval(() => {
      for (const { response } of this.#streams) response.write(': ping\n\n');
    }, pingMs);
  }

  /** @param chat what is in the chat now: within the stream, so that no change falls between it and the stream */
  open(response: ServerResponse, chatId: number | undefined, chat: ShownChat): void {
    const stream = { response, chatId };
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store' });
    response.write(`retry: 1000\nevent: chat\ndata: ${JSON.stringify(chat)}\n\n`);
    this.#streams.add(stream);
    response.once('close', () => this.#streams.delete(stream));
  }

  close(): void {
    clearInterval(this.#ping);
    this.#unsubscribe();
    for (const { response } of this.#streams) response.end();
  }

  #pass(event: EmulatorEvent): void {
    if (this.#streams.size === 0) return;
    const shown = shownOf(event);
    if (shown === undefined) return;
    const isForAll = event.kind === 'person' || event.kind === 'telegram';
    const frame = `event: ${event.kind}\ndata: ${JSON.stringify(shown)}\n\n`;
    for (const { response, chatId } of this.#streams) {
      if (!isForAll && chatId !== shown.chat_id) continue;
      // A page that stopped reading comes back by itself and loads its chat anew.
      if (response.writableLength > maxUnsentBytes) response.destroy();
      else response.write(frame);
    }
  }
}

/** What a page is told of an event; undefined where it does not concern what a person sees. */
function shownOf(event: EmulatorEvent): { chat_id?: number; off?: boolean } | undefined {
  switch (event.kind) {
    case 'message':
      return Object.assign({ chat_id: event.chatId }, { change: event.change, message: event.message });
    case 'callback_answered':
      return Object.assign(
        { chat_id: event.chatId },
        { callback_query_id: event.callbackQueryId, text: event.text ?? '', show_alert: event.showAlert },
      );
    case 'keyboard':
      return Object.assign({ chat_id: event.chatId }, { keyboard: event.keyboard });
    case 'chat_action':
      return Object.assign({ chat_id: event.chatId }, { action: event.action });
    case 'person':
      return Object.assign({ chat_id: event.chatId }, { blocked: event.blocked });
    case 'telegram':
      return { off: event.off };
    case 'update_queued':
    case 'delivery':
    case 'call':
    case 'webhook':
      return undefined;
    default:
      event satisfies never;
      return undefined;
  }
}
