import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { onTestFinished } from 'vitest';
import { ADMIN_TOKEN } from './hub.ts';
import { within } from './within.ts';

/** A server-sent event; comments have no data. */
export interface LiveEvent {
  event: string;
  id: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: events of every shape; the assertions are the check.
  data: any;
}

/** Somebody who watches `/api/admin/events`. */
export interface LiveStream {
  readonly response: IncomingMessage;
  readonly events: readonly LiveEvent[];
  /** What came as it came, comments and all. */
  readonly text: string;
  /** The first event that fits, past or future. */
  next(event: string, fits?: (data: LiveEvent['data']) => boolean): Promise<LiveEvent>;
  /** Resolves when the hub ended the stream, or dropped it. */
  readonly ended: Promise<void>;
  /** As a network that goes away. */
  cut(): void;
}

export interface WatchOptions {
  /** The token's by default. */
  headers?: Record<string, string>;
  /** Reads nothing at all. */
  paused?: boolean;
}

/** Opens the stream; an answer other than 200 has no events. */
export async function watch(url: string, { headers, paused = false }: WatchOptions = {}): Promise<LiveStream> {
  const asked = request(new URL('/api/admin/events', url), {
    agent: false,
    headers: headers ?? { authorization: `Token ${ADMIN_TOKEN}` },
  });
  onTestFinished(() => void asked.destroy());
  asked.end();
  const [response]: [IncomingMessage] = (await once(asked, 'response')) as [IncomingMessage];
  const events: LiveEvent[] = [];
  const looks = new Set<() => void>();
  let text = '';
  let unread = '';
  asked.on('error', () => {});
  response.on('error', () => {});
  const ended = new Promise<void>((resolve) => response.once('close', resolve));
  response.setEncoding('utf8');
  if (!paused) {
    response.on('data', (chunk: string) => {
      text += chunk;
      const blocks = (unread + chunk).split('\n\n');
      unread = blocks.pop() ?? '';
      for (const block of blocks) {
        const one = eventOf(block);
        if (one !== undefined) events.push(one);
      }
      for (const look of looks) look();
    });
  }
  return {
    response,
    events,
    get text() {
      return text;
    },
    get ended() {
      return within(ended, () => 'The stream did not end');
    },
    cut: () => void asked.destroy(),
    next(event, fits = () => true) {
      const found = new Promise<LiveEvent>((resolve, reject) => {
        const look = () => {
          const found = events.find((one) => one.event === event && fits(one.data));
          if (found === undefined) return;
          looks.delete(look);
          resolve(found);
        };
        looks.add(look);
        ended.then(() => reject(new Error(`The stream ended before «${event}» came.`)));
        look();
      });
      return within(found, () => `No «${event}» that fits; got ${JSON.stringify(events)}`);
    },
  };
}

function eventOf(block: string): LiveEvent | undefined {
  const field = (name: string) =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const [event, data] = [field('event'), field('data')];
  return event === undefined || data === undefined ? undefined : { event, id: field('id'), data: JSON.parse(data) };
}
