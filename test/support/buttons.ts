import { expect } from 'vitest';
import type { Person } from '../../demo/emulator/mod.ts';
import { type TestClock, testClock } from './clock.ts';
import { type HubOptions, startHub, type TestHub, type TestTpv } from './hub.ts';
import { instructionsOf } from './telegram.ts';

export const ANA = 1001;
export const EXPIRED = '⚠️ Esta acción ha expirado';
export const PROCESSING = '⏳ Procesando…';

/** A hub whose clock stands still, a TPV, and its user Ana, whose presses arrive. */
export interface ButtonScene {
  hub: TestHub;
  tpv: TestTpv;
  ana: Person;
  clock: TestClock;
  /** Sends Ana a message with these buttons. */
  hang(buttons: unknown[][], fields?: Record<string, unknown>): Promise<Hung>;
  /**
   * Presses as Telegram tells of it, with whatever callback data; gives back what the hub showed.
   * `carries` is the callback data of the only button that the pressed message has.
   */
  forge(press: ForgedPress): Promise<Record<string, unknown>>;
  /** What presses became, in their order. */
  presses(): Promise<Awaited<ReturnType<typeof instructionsOf>>>;
  /** What Telegram was asked to show over the chat so far. */
  shown(): unknown[];
}

export interface ForgedPress {
  data: string;
  messageId?: number;
  from?: number;
  carries?: string;
}

export interface Hung {
  pushId: string;
  messageId: number;
  /** The callback data of each button that has some. */
  tokens: string[];
}

export async function buttonScene(options: HubOptions = {}): Promise<ButtonScene> {
  const clock = testClock();
  const env = { HEARTBEAT_INTERVAL_SECONDS: '3600', ...options.env };
  const hub = await startHub({ clock, ...options, env });
  const tpv = await hub.tpv();
  await hub.message(900_000_000, 'Hola', ANA);
  // After the message, by whose names the emulator would call her.
  const ana = hub.emulator.person({ id: ANA, first_name: 'Ana', username: 'ana', started: true });
  const [hello] = (await tpv.fetch('/api/tpv/instructions/')).body.instructions;
  await tpv.fetch(`/api/tpv/instructions/${hello.id}/`, { method: 'PUT', json: { status: 'completed' } });
  await hub.emulatorDelivers();
  let forged = 0;
  return {
    hub,
    tpv,
    ana,
    clock,
    async hang(buttons, fields = {}) {
      // By then the limit on messages lets the next one go.
      await clock.advance(1_000);
      const json = { telegram_user_id: ANA, text: '¿Activar?', buttons, ...fields };
      const { status, body } = await tpv.fetch('/api/tpv/push/', { method: 'POST', json });
      expect({ status, body }).toMatchObject({ status: 201 });
      const messageId: number = body.telegram_message_id;
      return { pushId: body.push_message_id, messageId, tokens: tokensOf(ana, messageId) };
    },
    async forge({ data, messageId, from = ANA, carries }) {
      const id = `forged${++forged}`;
      const markup = carries !== undefined && {
        reply_markup: { inline_keyboard: [[{ text: 'Uno', callback_data: carries }]] },
      };
      const message = messageId === undefined ? {} : { message: { message_id: messageId, ...markup } };
      const sender = { id: from, is_bot: false, first_name: 'X' };
      const update = { update_id: 800_000_000 + forged, callback_query: { id, from: sender, data, ...message } };
      expect((await hub.update(update)).status).toBe(200);
      const { params } = await hub.emulator.waitForCall(({ params: p }) => p.callback_query_id === id);
      return params;
    },
    presses: async () => (await instructionsOf(hub)).filter(({ command }) => command === 'process_callback'),
    shown: () =>
      hub.emulator.calls
        .filter(({ method }) => method === 'answerCallbackQuery')
        .map(({ params }) => (params.text === undefined ? '' : params.text)),
  };
}

export function tokensOf(person: Person, messageId: number): string[] {
  const message = person.chat.find(({ message_id }) => message_id === messageId);
  const buttons = message?.reply_markup?.inline_keyboard.flat() ?? [];
  return buttons.flatMap(({ callback_data: data }) => (data === undefined ? [] : [data]));
}

/** The message as it stands in the chat; its buttons by their texts. */
export function messageOf(person: Person, messageId: number): { text: string | undefined; buttons: string[] } {
  const message = person.chat.find(({ message_id }) => message_id === messageId);
  return {
    text: message?.text ?? message?.caption,
    buttons: (message?.reply_markup?.inline_keyboard.flat() ?? []).map(({ text }) => text),
  };
}
