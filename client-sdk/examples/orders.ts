/**
 * A TPV that takes orders: it reads them, asks back with buttons, and confirms with the press.
 *
 *   HUB_URL=http://127.0.0.1:8100 TPV_API_KEY=… node orders.ts     (Node 22.18 or newer runs TypeScript as it is)
 */
import { answer, fileMemory, HubApi, HubClient } from '@valletpv/hub-client';

const { HUB_URL: url = 'http://127.0.0.1:8100', TPV_API_KEY: apiKey = '', TPV_MEMORY = 'hub-memory' } = process.env;

const MENU: Record<string, number> = { caña: 180, vino: 250, café: 140, tortilla: 750, bocadillo: 480 };

interface Line {
  dish: string;
  quantity: number;
}

const tpv = new HubClient({ url, apiKey, memory: fileMemory(TPV_MEMORY) });
const api = new HubApi({ url, apiKey });

tpv.on('process_message', ({ payload }) => {
  const lines = readOrder(payload.text);
  if (lines.length === 0) return answer(`🍽️ Carta: ${Object.keys(MENU).join(', ')}`, { response: { menu: true } });
  // The order itself travels in the button: nothing has to be kept until somebody presses it.
  const buttons = [
    [
      { text: '✅ Confirmar', action: 'confirm', data: lines },
      { text: '❌ Cancelar', action: 'cancel' },
    ],
  ];
  return answer(`¿Pedimos ${inWords(lines)}? Son ${euros(lines)}.`, { buttons, response: { asked: lines } });
});

tpv.on('process_callback', ({ id, payload }) => {
  if (payload.action !== 'confirm') return { text: 'Pedido cancelado', new_text: '❌ Cancelado' };
  const lines = linesOf(payload.data);
  sendToKitchen(id, lines);
  // What a press is completed with is shown to the person; `new_text` stays under the message.
  return { text: '✅ Pedido en marcha', new_text: `✅ Confirmado: ${inWords(lines)}` };
});

tpv.onStatus((status) => {
  if (status.state === 'online') console.log(`online: ${status.tpv.name}, by ${status.transport}`);
  if (status.state === 'closed' && status.error !== undefined) console.error(status.error.message);
});

await tpv.connect();
console.log(`people: ${(await api.stats()).users.total}`);
// Begins nothing more, ends what runs, and says so to the hub.
process.once('SIGTERM', () => tpv.close({ deadlineMs: 20_000 }));

/** The instruction's id names the order: the kitchen can see that it has it already. */
function sendToKitchen(id: string, lines: readonly Line[]): void {
  console.log(`kitchen: ${inWords(lines)} (${id})`);
}

function readOrder(text: string): Line[] {
  const lines: Line[] = [];
  for (const [, many = '', word = ''] of text.toLowerCase().matchAll(/(\d{1,2}|una?|dos|tres)?\s*(\p{L}+)/gu)) {
    const dish = Object.keys(MENU).find((name) => word === name || word === `${name}s`);
    if (dish !== undefined) lines.push({ dish, quantity: Number(many) || { dos: 2, tres: 3 }[many] || 1 });
  }
  return lines;
}

/** What comes back with a press is what this program put there; it is looked at all the same. */
function linesOf(data: unknown): Line[] {
  if (!Array.isArray(data)) throw new Error('El pedido no se puede leer: vuelve a escribirlo');
  return data.filter((line): line is Line => typeof line?.dish === 'string' && Number.isInteger(line?.quantity));
}

function inWords(lines: readonly Line[]): string {
  return lines.map(({ dish, quantity }) => `${quantity} × ${dish}`).join(', ');
}

function euros(lines: readonly Line[]): string {
  const cents = lines.reduce((sum, { dish, quantity }) => sum + (MENU[dish] ?? 0) * quantity, 0);
  return (cents / 100).toLocaleString('es-ES', { style: 'currency', currency: 'EUR' });
}
