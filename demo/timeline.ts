import type { Instruction, InstructionStatus } from '#hub-client';
import type { CallbackQuery, EmulatorEvent, Message } from './emulator/mod.ts';

/** One message of a person, or one press, and what became of it. */
export interface Story {
  number: number;
  person: string;
  chatId: number;
  startedAt: number;
  response?: unknown;
}

export type StepKind =
  | 'queued'
  | 'retried'
  | 'committed'
  | 'replied'
  | 'photo'
  | 'document'
  | 'edited'
  | 'shown'
  | 'instruction'
  | InstructionStatus;

/** Something that happened to a message. */
export interface Step {
  story: Story;
  kind: StepKind;
  /** Unix milliseconds with fractions. */
  at: number;
  text: string;
}

/** Puts what the emulator, the hub and the TPV see in relation to the message that it is about. */
export class Timeline {
  readonly steps: Step[] = [];
  readonly #listeners = new Set<(step: Step) => void>();
  readonly #byUpdate = new Map<number, Story>();
  readonly #byMessage = new Map<string, Story>();
  readonly #byQuery = new Map<unknown, Story>();
  readonly #byInstruction = new Map<string, Story>();
  readonly #lastOfChat = new Map<number, Story>();

  /** Hears every step as it happens. */
  onStep(listener: (step: Step) => void): void {
    this.#listeners.add(listener);
  }

  storyOf(updateId: number): Story | undefined {
    return this.#byUpdate.get(updateId);
  }

  /** The step of this kind, now or when it comes. */
  waitFor(story: Story, kind: StepKind, timeoutMs: number): Promise<Step> {
    const matches = (step: Step) => step.story === story && step.kind === kind;
    const past = this.steps.find(matches);
    if (past !== undefined) return Promise.resolve(past);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#listeners.delete(listener);
        const seen = this.steps.filter((step) => step.story === story).map((step) => step.kind);
        reject(new Error(`"${kind}" did not come within ${timeoutMs / 1_000} s; what came: ${seen.join(', ')}.`));
      }, timeoutMs);
      const listener = (step: Step) => {
        if (!matches(step)) return;
        clearTimeout(timer);
        this.#listeners.delete(listener);
        resolve(step);
      };
      this.#listeners.add(listener);
    });
  }

  /** What Telegram's side sees. */
  emulator(event: EmulatorEvent): void {
    switch (event.kind) {
      case 'update_queued':
        this.#begin(event);
        break;
      case 'delivery': {
        const { kind, text } = deliveryStep(event);
        this.#add(this.#byUpdate.get(event.updateId), kind, text, event.at);
        break;
      }
      case 'message': {
        if (event.by !== 'bot' || event.change === 'deleted') break;
        const { kind, text } = chatStep(event.message, event.change);
        this.#add(this.#lastOfChat.get(event.chatId), kind, text, event.at);
        break;
      }
      case 'callback_answered': {
        const text = `shown over the chat: ${quoted(event.text)}`;
        this.#add(this.#byQuery.get(event.callbackQueryId), 'shown', text, event.at);
        break;
      }
      default:
    }
  }

  /** The TPV got an instruction. */
  instruction({ id, payload }: Pick<Instruction, 'id' | 'payload'>): void {
    const { callback_query_id: query, chat_id: chat, message_id: message } = payload;
    const story = query === undefined ? this.#byMessage.get(`${chat}/${message}`) : this.#byQuery.get(query);
    if (story !== undefined) this.#byInstruction.set(id, story);
    this.#add(story, 'instruction', `instruction ${id} came over the TPV's socket`);
  }

  /** The TPV's handler ended with this response; its report is on the way. */
  response({ id }: Pick<Instruction, 'id'>, response: unknown): void {
    const story = this.#byInstruction.get(id);
    if (story !== undefined) story.response = response;
  }

  /** The hub has committed a report. */
  report(id: string, status: InstructionStatus): void {
    const story = this.#byInstruction.get(id);
    const response = status === 'completed' ? `, with the response ${JSON.stringify(story?.response)}` : '';
    this.#add(story, status, `report "${status}" committed${response}`);
  }

  #begin({ at, update, chatId }: Extract<EmulatorEvent, { kind: 'update_queued' }>): void {
    if (chatId === undefined) return;
    const message = messageOf(update.message);
    const press = pressOf(update.callback_query);
    const person = (message ?? press)?.from?.first_name ?? String(chatId);
    const story: Story = { number: this.#byUpdate.size + 1, person, chatId, startedAt: at };
    this.#byUpdate.set(update.update_id, story);
    this.#lastOfChat.set(chatId, story);
    if (message !== undefined) this.#byMessage.set(`${chatId}/${message.message_id}`, story);
    if (press !== undefined) this.#byQuery.set(press.id, story);
    const other = () => Object.keys(update).find((key) => key !== 'update_id');
    const what = message !== undefined ? quoted(message.text) : press !== undefined ? buttonOf(press) : other();
    this.#add(story, 'queued', `update ${update.update_id} queued: ${what}`, at);
  }

  #add(story: Story | undefined, kind: StepKind, text: string, at = performance.timeOrigin + performance.now()): void {
    if (story === undefined) return;
    const step: Step = { story, kind, at, text };
    this.steps.push(step);
    for (const listener of [...this.#listeners]) listener(step);
  }
}

/** `#2 Ana   +3.41 ms  webhook answered 200…` */
export function stepLine({ story, at, text }: Step): string {
  const after = `+${(at - story.startedAt).toFixed(2)} ms`;
  return `#${story.number} ${story.person.padEnd(8)} ${after.padStart(12)}  ${text}`;
}

function deliveryStep(event: Extract<EmulatorEvent, { kind: 'delivery' }>): { kind: StepKind; text: string } {
  const { delivered, status, error, retryInMs } = event;
  if (delivered) return { kind: 'committed', text: 'webhook answered 200: the hub has committed it' };
  const answer = status === undefined ? `could not be reached (${error})` : `answered ${status}`;
  return { kind: 'retried', text: `webhook ${answer}; again in ${retryInMs} ms` };
}

function chatStep(message: Message, change: 'sent' | 'edited'): { kind: StepKind; text: string } {
  const { text, caption, photo, document } = message;
  const buttons = message.reply_markup?.inline_keyboard.flat().map((button) => ` [${button.text}]`) ?? [];
  if (change === 'edited') return { kind: 'edited', text: `edited in the chat: ${quoted(text)}${buttons.join('')}` };
  // The last is the whole picture, those before it smaller ones.
  const size = photo?.at(-1);
  if (size !== undefined) {
    return { kind: 'photo', text: `photo in the chat: ${size.width} × ${size.height} pixels, ${quoted(caption)}` };
  }
  if (document !== undefined) {
    return { kind: 'document', text: `document in the chat: ${document.file_name}, ${document.file_size} bytes` };
  }
  return { kind: 'replied', text: `in the chat: ${quoted(text)}${buttons.join('')}` };
}

function pressOf(value: unknown): CallbackQuery | undefined {
  // As with messages.
  return value as CallbackQuery | undefined;
}

function buttonOf({ data, message }: CallbackQuery): string {
  const buttons = message?.reply_markup?.inline_keyboard.flat() ?? [];
  return `press on [${buttons.find((button) => button.callback_data === data)?.text}]`;
}

function messageOf(value: unknown): { message_id: number; text?: string; from?: { first_name: string } } | undefined {
  // The emulator wrote it itself, as Telegram does; other updates have no message.
  return value as { message_id: number; text?: string; from?: { first_name: string } } | undefined;
}

function quoted(text: string | undefined): string {
  return text === undefined ? 'no text' : JSON.stringify(text.replaceAll('\n', ' '));
}
