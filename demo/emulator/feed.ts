import type { Call } from './call.ts';
import type { Message, Update } from './message.ts';

/** One step that the emulator saw or did. `at` is Unix milliseconds with fractions. */
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
  | { kind: 'webhook'; url: string | undefined }
  | { kind: 'person'; chatId: number; blocked: boolean }
);

type WithoutTime<E> = E extends { at: number } ? Omit<E, 'at'> : never;
export type EventContent = WithoutTime<EmulatorEvent>;

/** Unix milliseconds with fractions: the demo's timeline and the benchmark compare steps closer than 1 ms. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Everyone who wants to know what happens: the caller's `onEvent` and the open chat pages. */
export class Feed {
  readonly #listeners = new Set<(event: EmulatorEvent) => void>();

  /** Returns the function that ends the subscription. */
  subscribe(listener: (event: EmulatorEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  emit(content: EventContent): void {
    if (this.#listeners.size === 0) return;
    const event: EmulatorEvent = { at: now(), ...content };
    for (const listener of this.#listeners) listener(event);
  }

  close(): void {
    this.#listeners.clear();
  }
}
