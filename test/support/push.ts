import { once } from 'node:events';
import type { Call, Person } from '../../demo/emulator/mod.ts';
import { type HubOptions, startHub, type TestHub, type TestTpv } from './hub.ts';
import type { TestSocket } from './socket.ts';
import { within } from './within.ts';

export const PERSON = 1001;
export const TRANSPORTS = ['REST', 'the socket'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** What a TPV hears of its push, over either transport. */
export interface Told {
  /** Of the HTTP answer; a frame has none. */
  status?: number;
  ok: boolean;
  /** The answer's data, or its error with `code`. */
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape; the assertions are the check.
  body: any;
}

/** A hub with a TPV and one person of it. */
export interface PushingHub extends TestHub {
  one: TestTpv;
  person: Person;
  /** Pushes to the person, as the TPV. */
  send(fields: Record<string, unknown>, options?: { key?: string; over?: Transport }): Promise<Told>;
  /** Pushes a form with a file. */
  upload(fields: Record<string, string | File>, key?: string): Promise<Told>;
  /** What Telegram was asked that concerns messages. */
  calls(): readonly Call[];
}

export async function startPushing(options: HubOptions = {}): Promise<PushingHub> {
  const hub = await startHub(options);
  const one = await hub.tpv();
  const person = hub.emulator.person({ id: PERSON, first_name: 'Ana', started: true });
  await hub.message(1, 'Hola', PERSON);
  let socket: Promise<TestSocket> | undefined;
  let refs = 0;
  const told = ({ status, body }: { status: number; body: unknown }): Told => ({ status, ok: status < 300, body });
  return {
    ...hub,
    one,
    person,
    async send(fields, { key, over = 'REST' } = {}) {
      const json = { telegram_user_id: PERSON, ...fields };
      if (over === 'REST') {
        const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
        return told(await one.fetch('/api/tpv/push/', { method: 'POST', json, headers }));
      }
      socket ??= one.socket();
      const open = await socket;
      const ref = `push ${++refs}`;
      open.send({ type: 'push', ref, ...json, ...(key !== undefined && { idempotency_key: key }) });
      for (;;) {
        const result = open.frames.find((frame) => frame.type === 'result' && frame.ref === ref);
        if (result?.type === 'result') {
          return result.ok ? { ok: true, body: result.data } : { ok: false, body: result.error };
        }
        await within(once(open.raw, 'message'), () => `No result for ${ref}`);
      }
    },
    async upload(fields, key) {
      const form = new FormData();
      for (const [name, value] of Object.entries({ telegram_user_id: `${PERSON}`, ...fields })) form.set(name, value);
      const response = await fetch(`${hub.url}/api/tpv/push/`, {
        method: 'POST',
        headers: { authorization: `ApiKey ${one.key}`, ...(key !== undefined && { 'idempotency-key': key }) },
        body: form,
      });
      return told({ status: response.status, body: JSON.parse(await response.text()) });
    },
    calls: () => hub.emulator.calls.filter(({ method }) => /^(send(?!ChatAction)|edit|delete)(?!Webhook)/.test(method)),
  };
}
