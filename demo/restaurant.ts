import { HubClient, type Instruction, registerTpv } from '#hub-client';
import { euros, MENU, type OrderLine, readOrder, totalCents } from './menu.ts';

/** What the TPV tells the demo; a TPV of a real restaurant has no use for it. */
export interface RestaurantPorts {
  /** The hub's base URL. */
  hubUrl: string;
  name: string;
  received(instruction: Instruction): void;
  answered(instruction: Instruction, response: unknown): void;
}

export interface Restaurant {
  apiKey: string;
  close(): Promise<void>;
}

/** A small restaurant's TPV: registers with the hub, connects with the SDK, and takes orders by text. */
export async function openRestaurant({ hubUrl, name, received, answered }: RestaurantPorts): Promise<Restaurant> {
  const { api_key: apiKey } = await registerTpv(
    { url: hubUrl },
    { name, endpoint_url: 'http://127.0.0.1:8001', version: 'demo' },
  );
  let orders = 0;
  const tpv = new HubClient({ url: hubUrl, apiKey });

  tpv.on('process_message', (instruction, { progress }) => {
    received(instruction);
    progress();
    const text = String(instruction.payload.text);
    const lines = readOrder(text);
    const response = lines.length > 0 ? takeOrder(++orders, lines) : { text: hint(text) };
    answered(instruction, response);
    return response;
  });

  await tpv.connect();
  return { apiKey, close: () => tpv.close({ deadlineMs: 2_000 }) };
}

function takeOrder(number: number, lines: readonly OrderLine[]) {
  const total = totalCents(lines);
  const list = lines.map(({ dish, quantity }) => `${quantity} × ${dish.name}`).join(', ');
  return { text: `🧾 Pedido n.º ${number}: ${list}. Total: ${euros(total)}`, order: number, total_cents: total };
}

function hint(text: string): string {
  if (!/carta|men[uú]/i.test(text)) return 'No he entendido el pedido. Escribe «carta» para ver qué tenemos.';
  return `🍽️ Carta: ${MENU.map(({ name, priceCents }) => `${name} ${euros(priceCents)}`).join(' · ')}`;
}
