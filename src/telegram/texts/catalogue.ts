import type { Language } from '../../languages.ts';
import type { TextCatalogue } from '../../settings/text.ts';
import { ca } from './ca.ts';
import { de } from './de.ts';
import { COMMANDS, DEFINITIONS, type Wording } from './definitions.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { eu } from './eu.ts';
import { fr } from './fr.ts';
import { gl } from './gl.ts';
import { it } from './it.ts';
import { pt } from './pt.ts';

const WORDINGS: Readonly<Record<Language, Wording>> = { es, ca, gl, eu, en, fr, de, pt, it };

/** Every sentence, and how it is worded in each language where no administrator worded it otherwise. */
export const TEXTS = {
  definitions: DEFINITIONS,
  defaults: {
    es: es.sentences,
    ca: ca.sentences,
    gl: gl.sentences,
    eu: eu.sentences,
    en: en.sentences,
    fr: fr.sentences,
    de: de.sentences,
    pt: pt.sentences,
    it: it.sentences,
  },
} as const satisfies TextCatalogue;

/** The bot's commands in one language, as Telegram takes them. */
export function commandsIn(language: Language): { command: string; description: string }[] {
  return COMMANDS.map((command) => ({ command, description: WORDINGS[language].commands[command] }));
}
