import { DESCRIPTIONS } from './english-descriptions.ts';
import { SUMMARIES } from './english-summaries.ts';

/** What the routes and schemas say of themselves in Spanish, in English: the parts' names, summaries, descriptions. */
export const ENGLISH: Readonly<Record<string, string>> = { ...SUMMARIES, ...DESCRIPTIONS };

/** A document, or a part of it, with all that readers read in English. What is not known stays as it is. */
export function inEnglish<T>(document: T): T {
  // What comes out has the shape of what went in: strings become other strings.
  return translated(document) as T;
}

function translated(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(translated);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, translatedField(key, inner)]));
}

function translatedField(key: string, value: unknown): unknown {
  if (key === 'example') return value;
  if (key === 'tags' && Array.isArray(value)) return value.map(translatedTag);
  if (typeof value === 'string') return key === 'summary' || key === 'description' ? sentence(value) : value;
  return translated(value);
}

/** By its name, or with its description. */
function translatedTag(tag: unknown): unknown {
  if (typeof tag === 'string') return sentence(tag);
  const { name, description } = Object(tag) as { name: string; description: string };
  return { name: sentence(name), description: sentence(description) };
}

function sentence(spanish: string): string {
  return ENGLISH[spanish] ?? spanish;
}
