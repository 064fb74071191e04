import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** All that is handed out of IPv6 for the public; what ipaddr.js knows nothing of lies outside. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** The addresses at which clouds keep their machines' credentials. Azure's lies among the public addresses. */
const METADATA: ReadonlySet<string> = new Set([
  '100.100.100.200',
  '168.63.129.16',
  '169.254.169.254',
  '169.254.170.2',
  'fd00:ec2::254',
  'fd20:ce::254',
]);

/** What a LAN, or a developer's machine, consists of. */
const LAN_RANGES: ReadonlySet<string> = new Set([
  'unspecified',
  'loopback',
  'private',
  'linkLocal',
  'carrierGradeNat',
  'uniqueLocal',
]);

/**
 * Whether the hub may connect to this address (docs/security.md, S15): a public one that leads to no other (mapped,
 * NAT64, 6to4, Teredo), and no cloud's metadata address.
 * @param address as the system's resolver or a WHATWG URL spells it, without brackets
 * @param allowPrivate also those of a LAN (`CALLBACK_ALLOW_PRIVATE`); metadata stays out of reach
 */
export function mayConnectTo(address: string, allowPrivate: boolean): boolean {
  if (isIP(address) === 0) return false;
  if (!allowPrivate) return isPublic(ipaddr.parse(address));
  const ip = ipaddr.process(address);
  return isPublic(ip) || (LAN_RANGES.has(ip.range()) && !METADATA.has(ip.toString()));
}

function isPublic(ip: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (ip.range() !== 'unicast' || METADATA.has(ip.toString())) return false;
  return ip.kind() === 'ipv4' || ip.match(GLOBAL_IPV6);
}
