import { z } from 'zod';

/** What the schemas here find wrong with a value, in one language. The hub has these words; nothing here depends on them. */
export interface SchemaWords {
  /** @param most UTF-16 units */
  upToUnits(most: number): string;
  upToBytes(most: number): string;
  upToJsonBytes(most: number): string;
  /** @param most bytes of UTF-8, with the markup */
  upToMarkedUpBytes(most: number): string;
  upToButtons(most: number): string;
  /** @param most bytes of UTF-8, of all buttons of a message */
  upToMarkupBytes(most: number): string;
  blank: string;
  wholeHost: string;
  oneRequestAKey: string;
  notAFileId: string;
  textOrButtons: string;
  opensAt: string;
  closesAt: string;
  timeZone: string;
  thisCentury: string;
  dateTwice: string;
  badCharacters: string;
  stateOrTimetable: string;
  /** A field is missing that goes with a state. */
  neededWith(state: string): string;
  /** A field goes with some states alone. */
  onlyWith(states: readonly string[]): string;
}

/** A finding as its issue carries it. */
export interface Fault<Words> {
  params: { says(words: Words): string };
}

/**
 * Says what is wrong with a value, in the place of a message, so that who parses can word it in their language:
 * `z.string().refine(isTimeZone, fault((say) => say.timeZone))`. Without words it reads as zod's own "Invalid input".
 */
export function fault<Words = SchemaWords>(says: (words: Words) => string): Fault<Words> {
  return { params: { says } };
}

/** A text of this form. Zod's own `regex` has no place for a fault. */
export function matching<Words = SchemaWords>(form: RegExp, says: (words: Words) => string) {
  return z
    .string()
    .refine((text) => form.test(text), fault(says))
    .meta({ pattern: form.source });
}
