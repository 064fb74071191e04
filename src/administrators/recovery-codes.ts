import { hash, randomBytes } from 'node:crypto';
import { base32 } from './totp.ts';

/** For the day on which the telephone is gone. */
const CODES = 10;
/** 80 bits: a fast hash is enough for a code that can't be guessed. */
const CODE_BYTES = 10;

/** New codes as their person notes them down, and their hashes, which are all that is stored. */
export function newRecoveryCodes(): { codes: string[]; hashes: string[] } {
  const codes = Array.from({ length: CODES }, () => grouped(base32(randomBytes(CODE_BYTES)).toLowerCase()));
  return { codes, hashes: codes.map(hashOf) };
}

/** The hashes that are left once the code was used; undefined if it is none of them. */
export function withoutRecoveryCode(hashes: readonly string[], code: string): string[] | undefined {
  const used = hashOf(code);
  return hashes.includes(used) ? hashes.filter((one) => one !== used) : undefined;
}

/** However it is typed: with or without its dashes, in capitals. */
function hashOf(code: string): string {
  return hash('sha256', code.toLowerCase().replace(/[^a-z2-7]/g, ''));
}

function grouped(code: string): string {
  return (code.match(/.{4}/g) ?? []).join('-');
}
