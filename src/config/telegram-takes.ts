/** Telegram's own Bot API; a server of one's own may have other rules. */
export const TELEGRAM_API = 'https://api.telegram.org';

/** As a URL spells them; HTTPS has 443 where none stands. */
const PORTS: ReadonlySet<string> = new Set(['', '443', '80', '88', '8443']);

/** What Telegram demands of a webhook's URL, in words; undefined if the URL has it. */
export function webhookUrlLacks(url: string): 'https' | 'port' | undefined {
  const { protocol, port } = new URL(url);
  if (protocol !== 'https:') return 'https';
  return PORTS.has(port) ? undefined : 'port';
}
