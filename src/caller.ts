import ipaddr from 'ipaddr.js';

/**
 * Whom an address stands for, where attempts are counted: in IPv6 one machine may use any address of its /64, so these
 * count as one (docs/security.md, S22 and S32).
 */
export function callerOf(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  return parsed.kind() === 'ipv6' ? parsed.toByteArray().slice(0, 8).join('.') : parsed.toString();
}
