import { onTestFinished } from 'vitest';
import { startBalancer } from '../../demo/balancer.ts';
import { type Changed, type EventOf, Events, type HubEvent } from '../../src/events.ts';
import type { Hub } from '../../src/hub/hub.ts';

/** Three hubs in this process on one PostgreSQL, behind a proxy that gives each request and each socket to the next. */
export const THREE_HUBS = 'three hubs';

/** Whether each hub of a test is three (`npm run test:cluster`). */
export function alwaysThreeHubs(): boolean {
  return process.env.TEST_HUBS === '3';
}

export interface ListeningHub {
  hub: Hub;
  url: string;
}

/** Has several hubs look like one: at the URL of the proxy, with what happens at any of them. */
export async function asOne(hubs: readonly [ListeningHub, ...ListeningHub[]]): Promise<ListeningHub> {
  // A connection stays with its hub; so that the next request goes to the next one, each has its own.
  for (const { hub } of hubs) {
    hub.app.server.prependListener('request', (_request, response) => {
      response.shouldKeepAlive = false;
    });
  }
  const ports = hubs.map(({ url }) => Number(new URL(url).port));
  const balancer = await startBalancer(0, ports);
  onTestFinished(() => balancer.close());
  const [{ hub: first }] = hubs;
  const close = async () => {
    await Promise.all(hubs.map(({ hub }) => hub.close()));
  };
  return { hub: { ...first, events: new EventsOfAll(hubs.map(({ hub }) => hub.events)), close }, url: balancer.url };
}

/** Hears what happens at any of them; what a test says itself, the first one hears. */
class EventsOfAll extends Events {
  readonly #all: readonly Events[];

  constructor(all: readonly Events[]) {
    super(() => {});
    this.#all = all;
  }

  override emit(event: HubEvent): void {
    this.#all[0]?.emit(event);
  }

  override changed(what: Changed, id: string): void {
    this.#all[0]?.changed(what, id);
  }

  override on<T extends HubEvent['type']>(type: T, listener: (event: EventOf<T>) => void): () => void {
    const cancels = this.#all.map((one) => one.on(type, listener));
    return () => {
      for (const cancel of cancels) cancel();
    };
  }
}
