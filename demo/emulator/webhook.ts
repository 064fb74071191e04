import { BlockList, isIP } from 'node:net';
import { integer, type Params, string } from './params.ts';
import { badRequest } from './refusal.ts';

/** Where updates go. */
export interface WebhookConfig {
  url: string;
  /** "" where the bot set none. */
  secret: string;
  maxConnections: number;
  allowedUpdates: readonly string[];
}

/** "" stands for 443. */
const ports = new Set(['', '80', '88', '443', '8443']);

const privateAddresses = new BlockList();
privateAddresses.addSubnet('127.0.0.0', 8);
privateAddresses.addSubnet('10.0.0.0', 8);
privateAddresses.addSubnet('172.16.0.0', 12);
privateAddresses.addSubnet('192.168.0.0', 16);
privateAddresses.addAddress('::1', 'ipv6');
privateAddresses.addSubnet('fc00::', 7, 'ipv6');

/**
 * Reads setWebhook's parameters; undefined where an empty URL removes the webhook.
 *
 * @param allowedUpdates those of before, which stay where the call names none
 * @throws {Refusal} as Telegram words it
 */
export function webhookFrom(params: Params, allowedUpdates: readonly string[]): WebhookConfig | undefined {
  const url = string(params, 'url').trim();
  if (url === '') return undefined;
  if (!URL.canParse(url)) throw badRequest('bad webhook: invalid webhook URL specified');
  const secret = string(params, 'secret_token');
  if (secret.length > 256) throw badRequest('secret token is too long');
  if (!/^[A-Za-z0-9_-]*$/.test(secret)) throw badRequest('secret token contains unallowed characters');
  const maxConnections = Math.min(Math.max(integer(params, 'max_connections') ?? 40, 1), 100);
  return { url, secret, maxConnections, allowedUpdates: allowedUpdatesFrom(params) ?? allowedUpdates };
}

/**
 * What is looked at once the former webhook was closed: a bot whose new one is refused here has none. Private addresses
 * pass, as with a Bot API server of one's own.
 *
 * @throws {Refusal} as Telegram words it
 */
export function mustBeReachable({ url }: WebhookConfig): void {
  const { protocol, hostname, port } = new URL(url);
  if (isPrivateHost(hostname)) return;
  if (protocol !== 'https:') throw badRequest('bad webhook: An HTTPS URL must be provided for webhook');
  if (!ports.has(port)) throw badRequest('bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443');
  if (hostname.startsWith('[')) throw badRequest('bad webhook: IPv6-only addresses are not allowed');
  if (hostname.endsWith('.invalid')) {
    throw badRequest('bad webhook: Failed to resolve host: Name or service not known');
  }
}

/** The update kinds that a call asks for; undefined where it says nothing about them. */
export function allowedUpdatesFrom(params: Params): readonly string[] | undefined {
  const value = params.allowed_updates;
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw badRequest("can't parse allowed updates JSON array");
  return value.filter((kind) => typeof kind === 'string');
}

/** Loopback, private ranges, and names that only mean something inside: what a local Bot API server calls over http. */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  const version = isIP(host);
  if (version !== 0) return privateAddresses.check(host, version === 6 ? 'ipv6' : 'ipv4');
  return !host.includes('.') || host.endsWith('.localhost') || host.endsWith('.local') || host.endsWith('.internal');
}
