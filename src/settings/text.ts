import type { Language } from '../languages.ts';
import { escaped, readTelegramHtml } from './telegram-html.ts';

/**
 * The place in which a person reads a text: a message or a note appended to one (both Telegram's HTML), over the chat
 * after a press, or the label of a button (both as they are written).
 */
export type TextPlace = 'message' | 'note' | 'press' | 'button';

/** A sentence that people read: what an administrator who words it otherwise must keep to, in every language. */
export interface TextDefinition {
  readonly where: TextPlace;
  /** What `{name}` may stand for: an example, and how many characters it has at the most. */
  readonly placeholders: Readonly<Record<string, { example: string; most: number }>>;
  /** Characters of the finished text; by default, what Telegram takes there. */
  readonly most?: number;
  /** An administrator may empty it: then nothing is sent. */
  readonly maySilence?: true;
}

/** The sentences that people read, by their keys. */
export interface TextCatalogue {
  readonly definitions: Readonly<Record<string, TextDefinition>>;
  /** How each is worded where no administrator worded it otherwise. */
  readonly defaults: Readonly<Record<Language, Readonly<Record<string, string>>>>;
}

/** What Telegram takes in each place, in UTF-16 code units. */
const MOST: Readonly<Record<TextPlace, number>> = { message: 4_096, note: 200, press: 200, button: 64 };
const PLACEHOLDER = /\{([a-z_]+)\}/g;

/** Puts the values into their places; a name that has none stays as it is. */
export function fillText(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(PLACEHOLDER, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? '') : whole,
  );
}

/** Why a text can't stand in its place, in sentences; empty if it can. */
export function problemsOfText(definition: TextDefinition, text: string): string[] {
  const { placeholders, where } = definition;
  const problems: string[] = [];
  if (text.trim() === '') return definition.maySilence ? [] : ['Está vacío.'];
  if (text.includes('\0') || !text.isWellFormed()) problems.push('Contiene caracteres no admitidos.');
  for (const name of new Set([...text.matchAll(PLACEHOLDER)].map(([, name = '']) => name))) {
    if (!Object.hasOwn(placeholders, name)) problems.push(`No existe el marcador {${name}}.`);
  }
  if (isHtml(where) && [...text.matchAll(/<[^<>]*>/g)].some(([tag]) => tag.includes('{'))) {
    problems.push('Un marcador no puede ir dentro de una etiqueta.');
  }
  const longest = fillText(
    text,
    valuesOf(definition, ({ most }) => 'x'.repeat(most)),
  );
  const html = isHtml(where) ? readTelegramHtml(longest) : undefined;
  if (html === undefined && /<\/?[a-z][a-z-]*>/i.test(text))
    problems.push('Aquí no hay formato: las etiquetas se verían.');
  problems.push(...(html?.problems ?? []));
  const most = definition.most ?? MOST[where];
  if ((html?.length ?? longest.length) > most) problems.push(`Admite hasta ${most} caracteres, con los datos puestos.`);
  return problems;
}

/** The text as a person sees it, with examples in its places, as HTML that a browser may show. */
export function previewText(definition: TextDefinition, text: string): string {
  const filled = (value: (example: string) => string) =>
    fillText(
      text,
      valuesOf(definition, ({ example }) => value(example)),
    );
  return isHtml(definition.where) ? readTelegramHtml(filled(escaped)).safe : escaped(filled((example) => example));
}

function isHtml(where: TextPlace): boolean {
  return where === 'message' || where === 'note';
}

function valuesOf(
  { placeholders }: TextDefinition,
  value: (placeholder: { example: string; most: number }) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(placeholders).map(([name, one]) => [name, value(one)]));
}
