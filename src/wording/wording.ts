import { z } from 'zod';
import type { Language } from '../languages.ts';
import { en } from './en.ts';
import { es, type Words } from './es.ts';
import { wordIssue } from './schema-issue.ts';

export type { Words } from './es.ts';

/** The languages in which developers read what the API refuses. */
const WORDS = { es, en } satisfies Record<string, Words>;
export type ErrorLanguage = keyof typeof WORDS;

/** In which they read it, where people read the hub in `language`: Spanish, unless that is English. */
export function errorLanguageOf(language: Language): ErrorLanguage {
  return language === 'en' ? 'en' : 'es';
}

/** What is said of a fault, once it is known in which language. */
export type Sentence = (words: Words) => string;

/** How a hub, or a part of it, words its refusals. */
export interface Wording {
  words: Words;
  /** Words what a schema finds: `schema.safeParse(value, { error: wording.ofSchema })`. */
  ofSchema: z.core.$ZodErrorMap;
}

/** Nothing of it is set for the process: two hubs in one may speak different languages. */
export function wordingIn(language: ErrorLanguage): Wording {
  const words = WORDS[language];
  const { localeError } = z.locales[language]();
  return {
    words,
    ofSchema: (issue) => {
      const says: unknown = issue.code === 'custom' ? issue.params?.says : undefined;
      return typeof says === 'function' ? says(words) : (wordIssue(issue, words) ?? localeError(issue));
    },
  };
}

/** What the panel reads, and every log and row that an operator does. */
export const SPANISH = wordingIn('es');
/** What the panel reads where an account chose it. */
export const ENGLISH = wordingIn('en');

/** A sentence that only administrators read. */
export function panelOnly(spanish: string, english: string): Sentence {
  return (words) => (words === WORDS.en ? english : spanish);
}
