import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { HashingQueue } from './hashing-queue.ts';

/** In characters (docs/security.md, S19); the longest bounds the work that one request can ask for. */
export const LEAST_PASSWORD_LENGTH = 12;
export const MOST_PASSWORD_LENGTH = 1_024;

/**
 * Argon2id with 19 MiB, 2 passes, 1 lane: what OWASP asks for at least
 * (https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id). A stored hash carries
 * its own, so that these can be raised.
 */
const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const SALT_BYTES = 16;
const TAG_BYTES = 32;
/** The process's, not a hub's: memory and threads are shared. */
const queue = new HashingQueue();

const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/;

/** Whether a new password is long enough; people see characters, not code units. */
export function isPasswordLength(password: string): boolean {
  const { length } = [...normal(password)];
  return length >= LEAST_PASSWORD_LENGTH && length <= MOST_PASSWORD_LENGTH;
}

/**
 * What is stored of a password: a PHC string (https://github.com/P-H-C/phc-string-format).
 * @param caller who asks (`callerOf`): callers take turns
 * @throws HubError `unavailable` if too many wait
 */
export async function hashPassword(password: string, caller: string): Promise<string> {
  const nonce = randomBytes(SALT_BYTES);
  const tag = await queue.run(caller, () =>
    derive({ ...COST, message: normal(password), nonce, tagLength: TAG_BYTES }),
  );
  const { memory, passes, parallelism } = COST;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(nonce)}$${base64(tag)}`;
}

/**
 * Whether the password is the one that was stored. Without a stored one the same work is done for nothing, so that the
 * time it takes doesn't tell which names exist.
 * @param caller who asks (`callerOf`): callers take turns
 * @throws HubError `unavailable` if too many wait; Error if the stored text is not a hash
 */
export async function verifyPassword(password: string, stored: string | undefined, caller: string): Promise<boolean> {
  const { nonce, tag, ...cost } = stored === undefined ? NOBODY : parse(stored);
  const given = await queue.run(caller, () =>
    derive({ ...cost, message: normal(password), nonce, tagLength: tag.length }),
  );
  return timingSafeEqual(given, tag) && stored !== undefined;
}

/** The hash of no password. */
const NOBODY = { ...COST, nonce: randomBytes(SALT_BYTES), tag: randomBytes(TAG_BYTES) };

function parse(stored: string) {
  const [, memory, passes, parallelism, salt, tag] = PHC.exec(stored) ?? [];
  if (salt === undefined || tag === undefined) throw new Error('A stored password hash can not be read.');
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    nonce: Buffer.from(salt, 'base64'),
    tag: Buffer.from(tag, 'base64'),
  };
}

function derive(parameters: Argon2Parameters): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    argon2('argon2id', parameters, (error, tag) => (error === null ? resolve(tag) : reject(error)));
  });
}

/** The same password, however a keyboard composes its accents. */
function normal(password: string): string {
  return password.normalize('NFKC');
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
