/**
 * An older TPV that polls, moved over in steps. Each step runs as it is and may stay in production for as long as you
 * like; the hub, the API key and `work`, which is the TPV's own, are the same in all of them.
 *
 *   HUB_URL=http://127.0.0.1:8100 TPV_API_KEY=… node from-polling.ts 1     (or 2, or 3)
 */
import { answer, fileMemory, HubClient, type HubClientOptions } from '@valletpv/hub-client';

const { HUB_URL: url = 'http://127.0.0.1:8100', TPV_API_KEY: apiKey = '', TPV_MEMORY = 'hub-memory' } = process.env;

/** What the TPV did all along. */
function work(text: string): string {
  return `Recibido: ${text}`;
}

switch (process.argv[2]) {
  case '1':
    await asBefore();
    break;
  // The SDK polls: the same calls to the hub as before, so nothing changes for firewalls and proxies. It brings order
  // per person, reports that are repeated until they arrive, and backoff.
  case '2':
    await withSdk({ transport: 'polling' });
    break;
  // Instructions come the moment that the hub has them, and what was done is remembered over restarts. Where the
  // socket can't be had, it polls as in step 2, by itself.
  case '3':
    await withSdk({ memory: fileMemory(TPV_MEMORY) });
    break;
  default:
    console.error('node from-polling.ts 1|2|3');
    process.exitCode = 64;
}

/** Step 1, where you are: a loop that fetches, works, and reports. What is lost on the way is lost, or done twice. */
async function asBefore(): Promise<void> {
  const headers = { authorization: `ApiKey ${apiKey}`, 'content-type': 'application/json' };
  const stopped = new AbortController();
  process.once('SIGTERM', () => stopped.abort());
  console.log('ready');
  while (!stopped.signal.aborted) {
    try {
      const fetched = await fetch(`${url}/api/tpv/instructions/?limit=10&wait=25`, { headers, signal: stopped.signal });
      const { instructions } = Object(await fetched.json());
      for (const { id, payload } of instructions) {
        const reply = { text: work(payload.text), parse_mode: 'none' };
        const body = JSON.stringify({ status: 'completed', reply });
        await fetch(`${url}/api/tpv/instructions/${id}/`, { method: 'PUT', headers, body });
      }
    } catch (error) {
      if (stopped.signal.aborted) return;
      console.error(String(error));
      await new Promise((resolve) => setTimeout(resolve, 5_000));
    }
  }
}

/** Steps 2 and 3: the loop becomes a handler. */
async function withSdk(options: Partial<HubClientOptions>): Promise<void> {
  const tpv = new HubClient({ url, apiKey, ...options });
  tpv.on('process_message', ({ payload }) => answer(work(payload.text), { parse_mode: 'none' }));
  tpv.onStatus(({ state }) => console.log(state));
  await tpv.connect();
  console.log('ready');
  process.once('SIGTERM', () => tpv.close());
}
