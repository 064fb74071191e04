import { once } from 'node:events';
import WebSocket from 'ws';
import { SUBPROTOCOL } from '#protocol';

export interface TpvSocketPorts {
  /** An instruction came. */
  instruction(messageId: number): void;
  /** The hub has committed the report on it. */
  reported(messageId: number): void;
}

/** A TPV that reports every instruction as completed at once, and nothing more: not the SDK, but its cheapest peer. */
export class TpvSocket {
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  /** Connects, and resolves with the hub's welcome. */
  static async open(url: URL, key: string, ports?: TpvSocketPorts): Promise<TpvSocket> {
    const target = new URL('/api/tpv/ws/', url);
    target.protocol = 'ws:';
    const socket = new WebSocket(target, [SUBPROTOCOL], {
      headers: { authorization: `ApiKey ${key}` },
      perMessageDeflate: false,
    });
    socket.on('message', (data) => answer(socket, data.toString(), ports));
    await once(socket, 'message');
    // A hub that goes away shows as updates that nobody reports on.
    socket.on('error', () => {});
    return new TpvSocket(socket);
  }

  close(): void {
    this.#socket.terminate();
  }
}

/** What a frame of the hub may hold here; the hub's own tests check the rest. */
interface Frame {
  type: string;
  ref?: string;
  instruction?: { id: string; payload: { message_id: number } };
}

function answer(socket: WebSocket, text: string, ports: TpvSocketPorts | undefined): void {
  const { type, ref, instruction } = JSON.parse(text) as Frame;
  if (type === 'result') ports?.reported(Number(ref));
  if (type !== 'instruction' || instruction === undefined) return;
  const { message_id: messageId } = instruction.payload;
  ports?.instruction(messageId);
  socket.send(
    `{"type":"update","id":"${instruction.id}","status":"completed","ref":"${messageId}","response":{"text":"ok"}}`,
  );
}
