import { createHash, hash, randomInt } from 'node:crypto';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const PREFIX_LENGTH = 8;
const SECRET_LENGTH = 32;
const CHECKSUM_LENGTH = 6;

/** A new API key: what its owner is shown once, and what the database keeps. */
export interface NewApiKey {
  key: string;
  hash: string;
  prefix: string;
}

/** Makes a key: `tpv_`, 8 characters that name it, 32 secret ones, 6 of checksum (docs/security.md, S4). */
export function newApiKey(): NewApiKey {
  const prefix = `tpv_${base62(PREFIX_LENGTH)}`;
  const body = `${prefix}${base62(SECRET_LENGTH)}`;
  const key = `${body}${checksum(body)}`;
  return { key, hash: hashApiKey(key), prefix };
}

/** How a key is kept: it is random and long, so a plain SHA-256 can't be guessed back. */
export function hashApiKey(key: string): string {
  return hash('sha256', key, 'hex');
}

/** A random code of `length` base62 characters, such as a TPV's join code. */
export function base62(length: number): string {
  let code = '';
  for (let i = 0; i < length; i++) code += BASE62[randomInt(BASE62.length)];
  return code;
}

/** Lets scanners of leaked secrets tell a key from any other text. */
function checksum(body: string): string {
  const digest = createHash('sha256').update(`valletpv:${body}`).digest();
  let code = '';
  for (let i = 0; i < CHECKSUM_LENGTH; i++) code += BASE62[digest.readUInt8(i) % BASE62.length];
  return code;
}

/**
 * The key in an Authorization header: `ApiKey <key>`, or `Bearer <key>` as older TPVs send it.
 * @returns undefined if the header is missing or of another kind
 */
export function apiKeyOf(authorization: string | undefined): string | undefined {
  return /^(?:ApiKey|Bearer) +(\S{1,512})$/i.exec(authorization ?? '')?.[1];
}
