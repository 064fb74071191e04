import { Api } from 'grammy';
import { type EmulatorEvent, type Person, startEmulator } from '../../demo/emulator/mod.ts';
import type { HubUnderLoad } from '../support/hub-under-load.ts';
import type { TelegramSide } from './hub-environment.ts';
import { Latencies } from './latencies.ts';
import { TpvSocket } from './tpv-socket.ts';

/** Telegram's most for one message; each button is pressed once, as a second press within 5 s would be a double tap. */
const BUTTONS = 100;
const ANA = 1_001;

export interface PressResult {
  /** From the tap to the answer on the phone: Telegram → hub → TPV → hub → Telegram. */
  shown: Latencies;
  /** What no hub can go below: the webhook's call alone, and the answer's call alone. */
  webhook: Latencies;
  answer: Latencies;
}

/**
 * Presses one button after the other, at a hub of its own with one TPV that reports at once over its socket.
 * @param messages how many messages' buttons are measured; those of one more warm the hub up before
 */
export async function pressButtons(
  withHub: <T>(telegram: TelegramSide, work: (hub: HubUnderLoad) => Promise<T>) => Promise<T>,
  register: (url: URL) => Promise<string>,
  messages: number,
): Promise<PressResult> {
  const result = { shown: new Latencies(), webhook: new Latencies(), answer: new Latencies() };
  const measured = new Set<number>();
  const onEvent = (event: EmulatorEvent) => {
    if (event.kind === 'delivery' && measured.has(event.updateId)) result.webhook.add(event.tookMs);
  };
  const emulator = await startEmulator({ onEvent });
  try {
    const ana = emulator.person({ id: ANA, first_name: 'Ana' });
    await withHub({ apiRoot: emulator.apiRoot, token: emulator.token }, async (hub) => {
      const key = await register(hub.url);
      await emulator.waitForCall(({ method, outcome }) => method === 'setWebhook' && outcome.ok);
      const socket = await TpvSocket.open(hub.url, key);
      ana.send('Hola');
      await emulator.drained();
      for (let message = 0; message <= messages; message++) {
        const messageId = await hang(hub.url, key);
        for (let button = 0; button < BUTTONS; button++) {
          const startedAt = performance.now();
          const { answered, updateId } = ana.press(messageId, button);
          if (message > 0) measured.add(updateId);
          await answered;
          if (message > 0) result.shown.add(performance.now() - startedAt);
        }
      }
      await emulator.drained();
      socket.close();
    });
  } finally {
    await emulator.close();
  }
  await answerAlone(result.answer, (messages + 1) * BUTTONS);
  return result;
}

/** The answers to as many presses, without a hub. */
async function answerAlone(latencies: Latencies, presses: number): Promise<void> {
  const emulator = await startEmulator();
  try {
    const api = new Api(emulator.token, { apiRoot: emulator.apiRoot });
    const ana: Person = emulator.person({ id: ANA, first_name: 'Ana', started: true });
    const reply_markup = { inline_keyboard: [[{ text: 'Sí', callback_data: 'yes' }]] };
    const { message_id: messageId } = await api.sendMessage(ANA, '¿Sí?', { reply_markup });
    for (let i = 0; i < presses; i++) {
      const { callbackQueryId } = ana.press(messageId, 0);
      const startedAt = performance.now();
      await api.answerCallbackQuery(callbackQueryId, { text: 'ok' });
      if (i >= BUTTONS) latencies.add(performance.now() - startedAt);
    }
  } finally {
    await emulator.close();
  }
}

async function hang(url: URL, key: string): Promise<number> {
  const row = (first: number) => Array.from({ length: 5 }, (_, i) => ({ text: `${first + i}`, action: 'press' }));
  const buttons = Array.from({ length: BUTTONS / 5 }, (_, i) => row(i * 5));
  const answer = await fetch(new URL('/api/tpv/push/', url), {
    method: 'POST',
    headers: { authorization: `ApiKey ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ telegram_user_id: ANA, text: '¿Cuál?', buttons, single_use: false }),
  });
  const body = (await answer.json()) as { telegram_message_id?: number };
  if (body.telegram_message_id === undefined) throw new Error(`The buttons were not sent: ${JSON.stringify(body)}`);
  return body.telegram_message_id;
}
