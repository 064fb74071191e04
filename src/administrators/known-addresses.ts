import { callerOf } from '../caller.ts';
import { parseJson } from '../db/json-text.ts';
import type { Account } from './account.ts';

/** Addresses of an account that are remembered. */
const MOST_KNOWN = 20;

/** Whether the account logged in from this address before, or in IPv6 from its /64. */
export function isKnownAddress(account: Account | undefined, address: string): boolean {
  if (account === undefined) return false;
  const caller = callerOf(address);
  return parseJson(account.known_addresses).some((known) => callerOf(known) === caller);
}

/** The addresses to remember after a login from this one, the newest first. */
export function withAddress(account: Account, address: string): string[] {
  const caller = callerOf(address);
  const others = parseJson(account.known_addresses).filter((known) => callerOf(known) !== caller);
  return [address, ...others].slice(0, MOST_KNOWN);
}
