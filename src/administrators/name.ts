import { panelOnly, type Sentence } from '../wording/wording.ts';

/** The actors of the audit log that are no accounts. */
export const RESERVED_NAMES = ['token', 'cli', 'hub'];

export const MOST_NAME_LENGTH = 64;

/** An account's name as it is stored and compared: small letters, one space at most between words. */
export function normalName(name: string): string {
  return name.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}

/** Why a name is not allowed, for the person who chose it; undefined if it is. */
export function nameFault(name: string): Sentence | undefined {
  const normal = normalName(name);
  if (normal === '') return (say) => say.blank;
  if (normal.length > MOST_NAME_LENGTH) return (say) => say.upToCharacters(MOST_NAME_LENGTH);
  // Invisible characters and changes of direction make one name look like another.
  if (/\p{C}/u.test(normal)) return (say) => say.badCharacters;
  if (RESERVED_NAMES.includes(normal)) return panelOnly('está reservado: elige otro', 'is reserved: choose another');
  return undefined;
}
