import { WebSocket } from 'ws';
import type { Config } from '../../config/config.ts';
import { say } from '../language/say.ts';
import { type Finding, findings } from './finding.ts';
import { hubAt } from './listening-check.ts';

type PublicConfig = Pick<
  Config,
  'PUBLIC_URL' | 'ADMIN_TOKEN' | 'TELEGRAM_MODE' | 'TELEGRAM_WEBHOOK_URL' | 'TELEGRAM_WEBHOOK_SECRET'
>;

const TIMEOUT_MS = 5_000;

/** Looks at the running hub as the world sees it: through whatever stands in front of it. */
export async function checkPublicUrl(config: PublicConfig): Promise<Finding[]> {
  const { ok, warning, fault } = findings('public address');
  const { PUBLIC_URL: base } = config;
  if (base === undefined) {
    const found = [warning(say`PUBLIC_URL is not set: TPVs and links have no address to show.`, say`Set PUBLIC_URL.`)];
    return [...found, ...(await checkSecret(config))];
  }
  if ((await hubAt(base)) === undefined) {
    return [
      fault(
        say`No hub answers at ${base}.`,
        say`Check DNS, the firewall, the certificate and the web server in front.`,
      ),
    ];
  }
  return [
    ok(say`The hub answers at ${base}.`),
    await checkSocket(base, config.ADMIN_TOKEN),
    ...(await checkSecret(config)),
  ];
}

/** Opens a WebSocket; without ADMIN_TOKEN, sees at least that the hub was asked for one. */
async function checkSocket(base: string, adminToken: string | undefined): Promise<Finding> {
  const { ok, fault } = findings('socket');
  const url = new URL('/api/socket-check', base);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  const headers = adminToken === undefined ? {} : { authorization: `Token ${adminToken}` };
  const outcome = await opened(new WebSocket(url, { headers, handshakeTimeout: TIMEOUT_MS }));
  if (outcome === 'opened') return ok(say`A WebSocket opens through it.`);
  if (outcome === 401 && adminToken === undefined)
    return ok(say`It passes WebSockets on (ADMIN_TOKEN would open one).`);
  const mend = say`Let the web server pass the headers Upgrade and Connection with HTTP/1.1, as deploy/nginx/valletpv-hub.conf does.`;
  if (outcome === 400) return fault(say`The web server in front strips "Upgrade": no TPV can open a WebSocket.`, mend);
  return fault(say`No WebSocket opens through ${base} (${outcome}).`, mend);
}

function opened(socket: WebSocket): Promise<'opened' | number | string> {
  return new Promise((resolve) => {
    socket.on('open', () => resolve('opened'));
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.on('error', (error) => resolve(error.message));
  });
}

/** Asks the webhook itself, with a body that it refuses before it looks at it: 415 says that the secret was right. */
async function checkSecret(config: PublicConfig): Promise<Finding[]> {
  const { ok, fault } = findings('secret');
  const { TELEGRAM_WEBHOOK_SECRET: secret, PUBLIC_URL: base } = config;
  const webhook = config.TELEGRAM_WEBHOOK_URL ?? (base && new URL('/webhook/telegram/', base).href);
  if (config.TELEGRAM_MODE !== 'webhook' || secret === undefined || webhook === undefined) return [];
  const status = await fetch(webhook, {
    method: 'POST',
    headers: { 'content-type': 'text/plain', 'x-telegram-bot-api-secret-token': secret },
    body: 'doctor',
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).then(
    (response) => response.status,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  if (status === 415) return [ok(say`The webhook takes TELEGRAM_WEBHOOK_SECRET.`)];
  if (status === 401) {
    return [fault(say`The running hub has another TELEGRAM_WEBHOOK_SECRET than .env.`, say`Restart the hub.`)];
  }
  return [fault(say`The webhook ${webhook} does not lead to the hub (${status}).`, say`Check TELEGRAM_WEBHOOK_URL.`)];
}
