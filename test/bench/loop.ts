import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { registerTpv } from '#hub-client';
import { Bystander } from './bystander.ts';
import { type Asked, everything } from './everything.ts';
import type { Filled } from './fill.ts';
import { BENCH_ADMIN_TOKEN, WEBHOOK_SECRET } from './hub-environment.ts';
import type { Latencies } from './latencies.ts';

/** Each request is made this often; the worst of what the bystander saw meanwhile counts. */
const TIMES = 3;
const HOUR_MS = 3_600_000;

export interface HeldUp {
  name: string;
  status: number;
  /** How long answers of `/healthz` took while it was asked for. */
  beside: Latencies;
  /** Processor time that the hub's event loop took for one of its turns, at most, in milliseconds. */
  turnMs: number;
}

export interface FullHub {
  url: URL;
  filled: Filled;
  /** Where its loop-watch.ts tells. */
  watchPath: string;
}

/** Asks a full hub for everything, one after the other, and measures what others wait meanwhile. */
export async function holdUp({ url, filled, watchPath }: FullHub): Promise<{ idle: Latencies; asked: HeldUp[] }> {
  const tpv = await registerTpv({ url: url.href }, { name: 'bench', endpoint_url: 'http://127.0.0.1:9', max_users: 1 });
  const headers: Record<Asked['as'], Record<string, string>> = {
    admin: { authorization: `Token ${BENCH_ADMIN_TOKEN}` },
    tpv: { authorization: `ApiKey ${tpv.api_key}` },
    telegram: { 'x-telegram-bot-api-secret-token': WEBHOOK_SECRET },
    stranger: {},
  };
  const bystander = await Bystander.start(url);
  try {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    const idle = await bystander.take();
    const asked: HeldUp[] = [];
    const day = { from: new Date(Date.now() - 12 * HOUR_MS).toISOString(), to: new Date().toISOString() };
    for (const request of everything(filled, day)) {
      await bystander.take();
      await longestTurn(watchPath);
      let status = 0;
      for (let time = 0; time < TIMES; time++) status = await ask(url, request, headers[request.as]);
      const turnMs = await longestTurn(watchPath);
      asked.push({ name: request.name, status, beside: await bystander.take(), turnMs });
    }
    return { idle, asked };
  } finally {
    await bystander.end();
  }
}

async function ask(url: URL, { path, method, body, mostBytes }: Asked, credentials: Record<string, string>) {
  const left = new AbortController();
  const answer = await fetch(new URL(path, url), {
    method: method ?? 'GET',
    headers: body === undefined ? credentials : { ...credentials, 'content-type': 'application/json' },
    ...(body !== undefined && { body }),
    signal: left.signal,
  });
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    if (mostBytes !== undefined && bytes > mostBytes) break;
  }
  left.abort();
  return answer.status;
}

/** In milliseconds of processor time, since it was asked for last, or since the hub's process began. */
export async function longestTurn(watchPath: string): Promise<number> {
  return Number(await text(connect(watchPath)));
}
