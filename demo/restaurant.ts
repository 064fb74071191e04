import {
  answer,
  type Button,
  HubApi,
  HubClient,
  type Instruction,
  type InstructionContext,
  type InstructionOf,
  registerTpv,
} from '#hub-client';
import { euros, MENU, readOrder, totalCents } from './menu.ts';
import { type Order, receiptText, ticketPng } from './ticket.ts';

/** What the TPV tells the demo; a TPV of a real restaurant has no use for it. */
export interface RestaurantPorts {
  /** The hub's base URL. */
  hubUrl: string;
  name: string;
  /** Resolves once an administrator has let it in. */
  admitted(tpvId: string): Promise<void>;
  /** What is wrong there; every message then fails with this. */
  trouble?: string;
  received(instruction: Pick<Instruction, 'id' | 'payload'>): void;
  answered(instruction: Pick<Instruction, 'id'>, response: unknown): void;
}

/** How a restaurant's TPV does: it works, its restaurant takes no orders, it takes nothing in, or it is off. */
export type TpvMode = 'on' | 'paused' | 'slow' | 'off';

export interface Restaurant {
  id: string;
  apiKey: string;
  readonly mode: TpvMode;
  become(mode: TpvMode): Promise<void>;
  close(): Promise<void>;
}

export const CONFIRM = '✅ Confirmar';
const CANCEL = '❌ Cancelar';
const PAUSE_REASON = 'la cocina está llena';
const CLOSE_MS = 2_000;

/** A small restaurant's TPV: registers with the hub, connects with the SDK, and takes orders by text and button. */
export async function openRestaurant(ports: RestaurantPorts): Promise<Restaurant> {
  const { hubUrl, name, admitted, trouble, received, answered } = ports;
  const { id, api_key: apiKey } = await registerTpv(
    { url: hubUrl },
    { name, endpoint_url: 'http://127.0.0.1:8001', version: 'demo' },
  );
  await admitted(id);
  const api = new HubApi({ url: hubUrl, apiKey });
  let orders = 0;
  const open = new Map<number, Order>();

  /** A client is used once: each time that the TPV is switched on it gets a new one. */
  function switchedOn(): HubClient {
    const client = new HubClient({ url: hubUrl, apiKey });
    client.on('process_message', order);
    client.on('process_callback', press);
    return client;
  }

  function order(instruction: InstructionOf<'process_message'>, { progress }: InstructionContext) {
    received(instruction);
    progress();
    if (trouble !== undefined) throw new Error(trouble);
    const { text } = instruction.payload;
    const lines = readOrder(text);
    if (lines.length === 0) return answer(hint(text), { response: noted(instruction, { text: hint(text) }) });
    const order = { number: ++orders, lines };
    open.set(order.number, order);
    const response = noted(instruction, { order: order.number, total_cents: totalCents(lines) });
    return answer(summary(order), { buttons: [buttonsOf(order)], response });
  }

  async function press(instruction: InstructionOf<'process_callback'>) {
    received(instruction);
    const { action, data, chat_id: person } = instruction.payload;
    const number = orderOf(data);
    const order = open.get(number);
    if (order === undefined) return noted(instruction, { text: 'Ese pedido ya no está abierto.', show_alert: true });
    if (action === 'cancel') {
      open.delete(number);
      return noted(instruction, { text: 'Pedido cancelado', new_text: '❌ <b>Cancelado</b>' });
    }
    // A TPV that crashes on the way and gets the press again sends nothing twice.
    const key = (what: string) => ({ idempotencyKey: `${instruction.id}-${what}` });
    const photo = { content: ticketPng(order), name: `ticket-${number}.png`, type: 'image/png' };
    await api.push({ telegram_user_id: person, photo, text: `🧾 Ticket n.º ${number}` }, key('ticket'));
    const content = Buffer.from(receiptText(order, name));
    const document = { content, name: `recibo-${number}.txt`, type: 'text/plain' };
    await api.push({ telegram_user_id: person, document }, key('receipt'));
    open.delete(number);
    return noted(instruction, { text: '👨‍🍳 ¡Marchando!', new_text: '✅ <b>Confirmado</b>' });
  }

  function noted<T>(instruction: Pick<Instruction, 'id'>, response: T): T {
    answered(instruction, response);
    return response;
  }

  let mode: TpvMode = 'on';
  let tpv = switchedOn();
  await tpv.connect();
  return {
    id,
    apiKey,
    get mode() {
      return mode;
    },
    async become(wanted) {
      if (mode === 'off' && wanted !== 'off') {
        tpv = switchedOn();
        await tpv.connect();
      }
      if (wanted === 'off') await tpv.close({ deadlineMs: CLOSE_MS });
      else {
        await api.setService(wanted === 'paused' ? { state: 'paused', reason: PAUSE_REASON } : { state: 'open' });
        if (wanted === 'slow') tpv.pause();
        else tpv.resume();
      }
      mode = wanted;
    },
    close: () => tpv.close({ deadlineMs: CLOSE_MS }),
  };
}

function buttonsOf({ number }: Order): Button[] {
  const data = { order: number };
  return [
    { text: CONFIRM, action: 'confirm', data },
    { text: CANCEL, action: 'cancel', data },
  ];
}

/** The number that a button carries; this program made it, but buttons live longer than programs. */
function orderOf(data: unknown): number {
  return typeof data === 'object' && data !== null && 'order' in data ? Number(data.order) : Number.NaN;
}

function summary({ number, lines }: Order): string {
  const list = lines.map(({ dish, quantity }) => `${quantity} × ${dish.name}`).join(', ');
  return `🧾 Pedido n.º ${number}: ${list}. Total: <b>${euros(totalCents(lines))}</b>`;
}

function hint(text: string): string {
  if (!/carta|men[uú]/i.test(text)) return 'No he entendido el pedido. Escribe «carta» para ver qué tenemos.';
  return `🍽️ Carta: ${MENU.map(({ name, priceCents }) => `${name} ${euros(priceCents)}`).join(' · ')}`;
}
