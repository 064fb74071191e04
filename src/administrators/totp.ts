import { createHmac, randomBytes } from 'node:crypto';
import { sameSecret } from '../same-secret.ts';

/** Time-based one-time passwords (RFC 6238), as every authenticator app has them: SHA-1, 6 digits, 30 s. */
const STEP_MS = 30_000;
const DIGITS = 6;
/** Steps before and after now that are taken too: clocks differ, and typing takes time. */
const TOLERANCE = 1;
/** RFC 4226 recommends 160 bits. */
const SECRET_BYTES = 20;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A new secret, in base32. */
export function newTotpSecret(): string {
  return base32(randomBytes(SECRET_BYTES));
}

/** The code of a moment. @param at milliseconds since the epoch */
export function totpCode(secret: string, at: number, digits = DIGITS): string {
  return codeOfStep(secret, Math.floor(at / STEP_MS), digits);
}

/**
 * The time step to which the code belongs, of those that are taken at `now` and are later than `lastStep`; undefined
 * if it is wrong, or was used before. A `lastStep` that is still to come was used while the clock was ahead, and stops
 * nothing.
 */
export function totpStep(secret: string, code: string, now: number, lastStep: number | null): number | undefined {
  const current = Math.floor(now / STEP_MS);
  const used = lastStep !== null && lastStep <= latestStep(now) ? lastStep : undefined;
  for (let step = current - TOLERANCE; step <= current + TOLERANCE; step++) {
    if ((used === undefined || step > used) && sameSecret(code, codeOfStep(secret, step, DIGITS))) return step;
  }
  return undefined;
}

/** The latest time step whose code is taken at `now`. */
export function latestStep(now: number): number {
  return Math.floor(now / STEP_MS) + TOLERANCE;
}

/** What an authenticator app reads from the QR code (https://github.com/google/google-authenticator/wiki/Key-Uri-Format). */
export function totpUri(secret: string, issuer: string, name: string): string {
  const [by, who] = [encodeURIComponent(issuer), encodeURIComponent(name)];
  return `otpauth://totp/${by}:${who}?secret=${secret}&issuer=${by}&algorithm=SHA1&digits=${DIGITS}&period=${STEP_MS / 1_000}`;
}

function codeOfStep(secret: string, step: number, digits: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', fromBase32(secret)).update(counter).digest();
  // RFC 4226, 5.3: the last four bits are the position of the code's 31 bits.
  const offset = mac.readUInt8(mac.length - 1) & 0xf;
  const number = mac.readUInt32BE(offset) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/** RFC 4648, without padding. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => ALPHABET.charAt(Number.parseInt(five.padEnd(5, '0'), 2))).join('');
}

function fromBase32(text: string): Buffer {
  const bits = [...text].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
