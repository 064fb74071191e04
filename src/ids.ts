import { randomUUID } from 'node:crypto';

/**
 * A UUIDv7 (RFC 9562): ids that leave the hub grow with time, so their index is written at its end. The random part
 * is a UUIDv4's, which Node draws from a pool; its variant bits stay where they are.
 * @param now milliseconds since the epoch
 */
export function uuidv7(now: number): string {
  const time = now.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}

/** What no UUIDv7 made at `ms` or later is smaller than, as text: ids can be asked for by time. */
export function uuidv7Floor(ms: number): string {
  const time = Math.max(0, Math.floor(ms)).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}`;
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The id as the rows have it, as capitals make no difference; undefined: it is no UUID, so no row can have it. */
export function uuidOf(given: string): string | undefined {
  const id = given.toLowerCase();
  return UUID.test(id) ? id : undefined;
}
