import type { Call } from './call.ts';
import type { EmulatorClock } from './clock.ts';
import type { Message, ReplyKeyboard, Update } from './message.ts';

/** One step that the emulator saw or did. `at` is Unix milliseconds of the emulator's clock. */
export type EmulatorEvent = { at: number } & (
  | { kind: 'update_queued'; update: Update; chatId: number | undefined; filtered: boolean }
  | {
      kind: 'delivery';
      updateId: number;
      chatId: number | undefined;
      /** 1 for the first try. */
      attempt: number;
      delivered: boolean;
      tookMs: number;
      status: number | undefined;
      error: string | undefined;
      retryInMs: number | undefined;
    }
  | { kind: 'call'; call: Call }
  | { kind: 'message'; change: 'sent' | 'edited' | 'deleted'; by: 'bot' | 'person'; chatId: number; message: Message }
  | { kind: 'callback_answered'; chatId: number; callbackQueryId: string; text: string | undefined; showAlert: boolean }
  | { kind: 'keyboard'; chatId: number; keyboard: ReplyKeyboard | undefined }
  | { kind: 'chat_action'; chatId: number; action: string }
  | { kind: 'webhook'; url: string | undefined }
  | { kind: 'person'; chatId: number; blocked: boolean }
  | { kind: 'telegram'; off: boolean }
);

type WithoutTime<E> = E extends { at: number } ? Omit<E, 'at'> : never;
export type EventContent = WithoutTime<EmulatorEvent>;

/** Everyone who wants to know what happens: the caller's `onEvent` and the open chat pages. */
export class Feed {
  readonly #clock: Pick<EmulatorClock, 'now'>;
  readonly #listeners = new Set<(event: EmulatorEvent) => void>();

  constructor(clock: Pick<EmulatorClock, 'now'>) {
    this.#clock = clock;
  }

  /** Returns the function that ends the subscription. */
  subscribe(listener: (event: EmulatorEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(content: EventContent): void {
    if (this.#listeners.size === 0) return;
    const event: EmulatorEvent = { at: this.#clock.now(), ...content };
    for (const listener of this.#listeners) listener(event);
  }

  close(): void {
    this.#listeners.clear();
  }
}
