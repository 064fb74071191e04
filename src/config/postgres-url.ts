/** Hosts that are this machine; none is its socket. */
const THIS_MACHINE = /^(localhost|127(\.\d{1,3}){3}|\[::1\])?$/;

/**
 * Whether an address of a PostgreSQL on another machine says how the way there is encrypted (docs/security.md, S38): what
 * people write goes over it, and the password. `sslmode=disable` says it, too, for a network that is trusted.
 */
export function saysEncryption(address: string): boolean {
  // As the driver reads it, `host` stands before what the URL says; a folder is the socket in it.
  const url = URL.parse(address);
  if (url === null) return true;
  const host = url.searchParams.get('host') ?? url.hostname;
  if (/^(\/|%2f)/i.test(host) || THIS_MACHINE.test(host)) return true;
  return url.searchParams.has('sslmode') || url.searchParams.has('ssl');
}
