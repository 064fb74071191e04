import { AsyncLocalStorage } from 'node:async_hooks';
import { HubError } from '../../errors.ts';
import type { FaultWords } from '../../process/exit.ts';
import { wordingIn } from '../../wording/wording.ts';
import { SPANISH_DESK } from './spanish-desk.ts';
import { SPANISH_DOCTOR } from './spanish-doctor.ts';
import { SPANISH_INSIDE } from './spanish-inside.ts';
import { SPANISH_MACHINE } from './spanish-machine.ts';
import { SPANISH_UPGRADE } from './spanish-upgrade.ts';
import { SPANISH_WORDS, type Word } from './spanish-words.ts';

/** The languages in which a run speaks to its person. */
export type RunLanguage = 'es' | 'en';

/** What a command says itself, in Spanish, by the English sentence. `{0}` is its first value. */
export const SPANISH: Readonly<Record<string, string>> = { ...SPANISH_DESK, ...SPANISH_DOCTOR, ...SPANISH_MACHINE };

const running = new AsyncLocalStorage<RunLanguage>();

/** The language that the environment asks for; Spanish where it asks for none that the program has. */
export function languageOfRun({
  LC_ALL,
  LC_MESSAGES,
  LANG,
}: Readonly<Record<string, string | undefined>>): RunLanguage {
  return /^en(?![a-z])/i.test(LC_ALL || LC_MESSAGES || LANG || '') ? 'en' : 'es';
}

/** Runs a command in one language, from its first word to its last. */
export function speaking<T>(language: RunLanguage, run: () => T): T {
  return running.run(language, run);
}

export function languageNow(): RunLanguage {
  return running.getStore() ?? 'es';
}

/** What a command says, in the language of its run; every sentence so written stands in SPANISH. */
export function say(strings: TemplateStringsArray, ...values: unknown[]): string {
  const english = strings.reduce((text, part, index) => `${text}{${index - 1}}${part}`);
  return filled(languageNow() === 'en' ? english : (SPANISH[english] ?? english), values);
}

/** One of the words that stand alone: a table's heading, a state, what doctor looks at. */
export function word(english: Word): string {
  return languageNow() === 'en' ? english : SPANISH_WORDS[english];
}

/** The same of a word that may be another's, such as what a table shows of a person. */
export function wordIfKnown(text: string): string {
  return Object.hasOwn(SPANISH_WORDS, text) ? word(text as Word) : text;
}

/**
 * What the rest of the program says of a fault. It speaks English, for the log; here each of its sentences is found by its
 * form, line by line. What no form fits stays as it is: the system's own words.
 */
export function told(text: string, language: RunLanguage = languageNow()): string {
  return language === 'en' ? text : text.split('\n').map(inSpanish).join('\n');
}

/** What a person reads of a fault, in one language; a refusal of the domain is worded as its API's are. */
export function faultIn(language: RunLanguage): FaultWords {
  return (sentence, error) => {
    const words = told(sentence, language);
    const isKnown = language === 'en' || words !== sentence || !(error instanceof HubError);
    return isKnown || error.details === undefined ? words : error.reason(wordingIn(language).words);
  };
}

function inSpanish(line: string): string {
  // A size, as English writes them.
  if (/^[\d,]+ MB$/.test(line)) return line.replaceAll(',', '.');
  for (const { form, spanish } of forms()) {
    const found = form.exec(line);
    if (found !== null) return filled(spanish, found.slice(1).map(inSpanish));
  }
  return line;
}

let known: { form: RegExp; spanish: string }[] | undefined;

function forms() {
  known ??= Object.entries({ ...SPANISH_UPGRADE, ...SPANISH_INSIDE }).map(([english, spanish]) => ({
    form: formOf(english),
    spanish,
  }));
  return known;
}

/** A value is as short as the rest of the sentence lets it be. */
function formOf(english: string): RegExp {
  const parts = english.split(/\{\d\}/).map((part) => RegExp.escape(part));
  return new RegExp(`^${parts.join('(.*?)')}$`, 'u');
}

function filled(sentence: string, values: readonly unknown[]): string {
  return sentence.replaceAll(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)]));
}
