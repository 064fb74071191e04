import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { within } from './within.ts';

/** Parts of a WebSocket frame that only a broken client gets wrong. */
export interface RawFrame {
  opcode?: number;
  payload?: Buffer | string;
  fin?: boolean;
  masked?: boolean;
  /** The three reserved bits. */
  reserved?: number;
}

/** One WebSocket frame, byte by byte. */
export function frame({ opcode = 1, payload = '', fin = true, masked = true, reserved = 0 }: RawFrame): Buffer {
  const body = Buffer.from(payload);
  const first = (fin ? 0x80 : 0) | (reserved << 4) | opcode;
  const flag = masked ? 0x80 : 0;
  let head: Buffer;
  if (body.length < 126) head = Buffer.from([first, flag | body.length]);
  else if (body.length < 65_536) {
    head = Buffer.from([first, flag | 126, 0, 0]);
    head.writeUInt16BE(body.length, 2);
  } else {
    head = Buffer.from([first, flag | 127, 0, 0, 0, 0, 0, 0, 0, 0]);
    head.writeUInt32BE(body.length, 6);
  }
  if (!masked) return Buffer.concat([head, body]);
  const mask = randomBytes(4);
  for (let i = 0; i < body.length; i++) body[i] = (body[i] ?? 0) ^ (mask[i % 4] ?? 0);
  return Buffer.concat([head, mask, body]);
}

/** The request that opens a socket, with these headers over the usual ones; undefined leaves one out. */
export function upgradeRequest(headers: Record<string, string | undefined>, path = '/api/tpv/ws/'): string {
  const all: Record<string, string | undefined> = {
    Host: 'hub',
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`]));
  return `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

/** A TCP connection to the hub that says what a test tells it, and keeps what it hears. */
export interface RawSocket {
  readonly tcp: Socket;
  write(data: Buffer | string): void;
  /** The head of the HTTP answer, once it is there. */
  answered(): Promise<{ status: number; head: string; body: string }>;
  /** The first text frame that fits, once it is there. */
  // biome-ignore lint/suspicious/noExplicitAny: frames of every shape; the assertions are the check.
  heard(fits: (frame: any) => boolean): Promise<any>;
  /** The close code that the hub said, once it did. */
  closeCode(): Promise<number>;
  /** Resolves when the hub has ended the connection. */
  ended(): Promise<void>;
}

export function rawSocket(url: string): RawSocket {
  const { hostname, port } = new URL(url);
  // It leaves its own half open when the hub ends: the hub must not depend on anybody's good manners.
  const tcp = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
  onTestFinished(() => {
    tcp.destroy();
  });
  tcp.setNoDelay(true).on('error', () => {});
  let bytes = Buffer.alloc(0);
  let over = false;
  const looks = new Set<() => void>();
  const lookAgain = () => {
    for (const look of [...looks]) look();
  };
  tcp.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    lookAgain();
  });
  const end = () => {
    over = true;
    lookAgain();
  };
  tcp.on('end', end).on('close', end);
  const found = <T>(what: string, find: () => T | undefined): Promise<T> => {
    const finding = new Promise<T>((resolve, reject) => {
      const look = () => {
        const value = find();
        if (value === undefined && !over) return;
        looks.delete(look);
        if (value === undefined) reject(new Error(`The connection ended without ${what}: ${bytes.toString()}`));
        else resolve(value);
      };
      looks.add(look);
      look();
    });
    return within(finding, () => `The connection had not ${what}, but ${JSON.stringify(bytes.toString())}`);
  };
  return {
    tcp,
    write: (data) => {
      tcp.write(data);
    },
    answered: () => found('an answer', () => answerIn(bytes)),
    heard: (fits) =>
      found('the frame', () =>
        framesIn(bytes)
          .filter(({ opcode }) => opcode === 1)
          .map(({ payload }) => JSON.parse(payload.toString()))
          .find(fits),
      ),
    closeCode: () =>
      found('a close frame', () =>
        framesIn(bytes)
          .find(({ opcode }) => opcode === 8)
          ?.payload.readUInt16BE(0),
      ),
    ended: () => found<true>('its end', () => over || undefined).then(() => {}),
  };
}

function answerIn(bytes: Buffer): { status: number; head: string; body: string } | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end === -1) return undefined;
  const head = bytes.toString('utf8', 0, end);
  return { status: Number(head.split(' ')[1]), head, body: bytes.toString('utf8', end + 4) };
}

/** The whole frames after the HTTP answer; a hub's frames are never masked. */
function framesIn(bytes: Buffer): { opcode: number; payload: Buffer }[] {
  const frames: { opcode: number; payload: Buffer }[] = [];
  let at = bytes.indexOf('\r\n\r\n') + 4;
  if (at < 4) return frames;
  while (at + 2 <= bytes.length) {
    const opcode = (bytes[at] ?? 0) & 0x0f;
    let length = bytes[at + 1] ?? 0;
    let start = at + 2;
    if (length === 126) {
      if (start + 2 > bytes.length) break;
      length = bytes.readUInt16BE(start);
      start += 2;
    } else if (length === 127) {
      if (start + 8 > bytes.length) break;
      length = bytes.readUInt32BE(start + 4);
      start += 8;
    }
    if (start + length > bytes.length) break;
    frames.push({ opcode, payload: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return frames;
}
