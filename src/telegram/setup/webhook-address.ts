import { isIP } from 'node:net';
import { mayConnectTo } from '../../callbacks/address.ts';
import { webhookUrlLacks } from '../../config/telegram-takes.ts';

/** Looks a name's IPv4 addresses up in the DNS, as Telegram does; a machine's own `hosts` says nothing of that. */
export type Resolve4 = (name: string) => Promise<readonly string[]>;

/** What the DNS says of a name that has no IPv4 address. */
const NO_ADDRESS: ReadonlySet<string> = new Set(['ENOTFOUND', 'ENODATA']);

/**
 * Why Telegram could not deliver to this URL (core.telegram.org/bots/webhooks). Telegram itself says so only after it has
 * taken the webhook away that was set before.
 * @returns what is wrong, in Spanish; undefined if nothing is, or if the DNS can't be asked
 */
export async function webhookAddressFault(url: string, resolve4: Resolve4): Promise<string | undefined> {
  switch (webhookUrlLacks(url)) {
    case 'https':
      return 'Telegram solo entrega por HTTPS: la dirección debe empezar por https://';
    case 'port':
      return 'Telegram solo entrega en los puertos 443, 80, 88 y 8443: pon delante un servidor web (docs/operating.es.md)';
  }
  const name = new URL(url).hostname.replace(/^\[|\]$/g, '');
  if (isIP(name) === 6) return `Telegram solo llega por IPv4, y ${name} es IPv6`;
  const addresses = isIP(name) === 4 ? [name] : await addressesOf(name, resolve4);
  if (addresses === undefined) return undefined;
  if (addresses.length === 0) return `el DNS no conoce ninguna dirección IPv4 de ${name}: crea su registro A`;
  if (addresses.some((address) => mayConnectTo(address, false))) return undefined;
  return `${name} no lleva a una dirección pública (${addresses.join(', ')}): Telegram no puede llegar hasta ella`;
}

async function addressesOf(name: string, resolve4: Resolve4): Promise<readonly string[] | undefined> {
  try {
    return await resolve4(name);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return NO_ADDRESS.has(code) ? [] : undefined;
  }
}
