import { locale } from './words/language.ts';

const names = new Intl.DisplayNames(locale, { type: 'language', fallback: 'none' });

/** What a language is called (`es` is `español`); the code itself where it is none, nothing where there is no code. */
export function languageName(code: string): string | undefined {
  if (code === '') return undefined;
  try {
    return names.of(code) ?? code;
  } catch {
    // Telegram passes on what the person's app says, which may be no language at all.
    return code;
  }
}
