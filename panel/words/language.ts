import type { Worded } from './worded.ts';

/** The languages of the panel; the first is the one that its catalogues are written in. */
export const PANEL_LANGUAGES = ['es', 'en'] as const;
export type PanelLanguage = (typeof PANEL_LANGUAGES)[number];

/** Where a browser keeps what was chosen last, for the pages before the login too. */
const STORED_AS = 'valletpv-language';

// The rest of the panel waits for this: its pages take their words when they are loaded.
const english: Readonly<Record<string, unknown>> | undefined =
  keptLanguage() === 'en' ? await import('./en/mod.ts').catch(() => undefined) : undefined;

/** In which language the panel speaks until it is loaded again. */
export const language: PanelLanguage = english === undefined ? 'es' : 'en';

/** What the browser's own formats of numbers and times go by. */
export const locale = { es: 'es', en: 'en-GB' }[language];

/**
 * A catalogue in the language of the panel.
 * @param name as `en/mod.ts` exports it
 */
export function worded<const T>(name: string, spanish: T): Worded<T> {
  // That each catalogue is there, with the same keys, is what the types of `en/` and a test see to.
  return (english?.[name] ?? spanish) as Worded<T>;
}

/** Takes the language of the account that is here: where it is another one, the panel is loaded anew. */
export function followLanguage(wanted: PanelLanguage): void {
  if (wanted === keptLanguage() || !keep(wanted)) return;
  // The words are read without a browser too, by tests and their types.
  (globalThis as { location?: { reload(): void } }).location?.reload();
}

function keptLanguage(): PanelLanguage {
  const kept = store()?.getItem(STORED_AS);
  return PANEL_LANGUAGES.find((one) => one === kept) ?? 'es';
}

/** Whether the browser keeps it: one that keeps nothing would load the panel again and again. */
function keep(chosen: PanelLanguage): boolean {
  try {
    store()?.setItem(STORED_AS, chosen);
  } catch {
    return false;
  }
  return keptLanguage() === chosen;
}

/** Nothing where the browser keeps nothing, and where there is no browser. */
function store(): Pick<Storage, 'getItem' | 'setItem'> | undefined {
  try {
    return 'document' in globalThis ? globalThis.localStorage : undefined;
  } catch {
    return undefined;
  }
}
