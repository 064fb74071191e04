import { HttpConnection } from './http-connection.ts';
import { Latencies } from './latencies.ts';
import { registerTpvs } from './tpvs.ts';

export interface PollResult {
  latencies: Latencies;
  perSecond: number;
}

/** One TPV may ask 50 times a second (docs/security.md, S28): so many together are never refused. */
const TPVS = 200;

/** Registers the TPVs that poll, and gives back their keys. */
export function registerPollers(url: URL): Promise<string[]> {
  return registerTpvs(url, TPVS);
}

/** Asks for pending instructions, where there are none, as older TPVs do all day: every connection as fast as it goes. */
export async function poll(
  url: URL,
  keys: readonly string[],
  connections: number,
  seconds: number,
): Promise<PollResult> {
  const open = await Promise.all(Array.from({ length: connections }, () => HttpConnection.open(url)));
  const latencies = new Latencies();
  const startedAt = performance.now();
  const until = startedAt + seconds * 1_000;
  const requests = keys.map(
    (key) =>
      'GET /api/tpv/instructions/?status=pending&limit=10 HTTP/1.1\r\nHost: hub\r\n' +
      `Authorization: ApiKey ${key}\r\n\r\n`,
  );
  let next = 0;
  const asFastAsItGoes = async (connection: HttpConnection) => {
    while (performance.now() < until) {
      const request = requests[next++ % requests.length] ?? '';
      const sentAt = performance.now();
      const status = await connection.send(request);
      if (status !== 200) throw new Error(`A poll was answered ${status}.`);
      latencies.add(performance.now() - sentAt);
    }
  };
  await Promise.all(open.map(asFastAsItGoes));
  const perSecond = latencies.count / ((performance.now() - startedAt) / 1_000);
  for (const connection of open) connection.close();
  return { latencies, perSecond };
}
