import type { z } from 'zod';
import type { Words } from './es.ts';

/** What zod calls the kinds of values that a schema can ask for. */
const KINDS: Readonly<Record<string, keyof Words>> = {
  string: 'aText',
  number: 'aNumber',
  int: 'wholeNumber',
  boolean: 'yesOrNo',
  array: 'aList',
  tuple: 'aList',
  object: 'anObject',
  record: 'anObject',
};
const FORMS: Readonly<Record<string, keyof Words>> = { uuid: 'anId', datetime: 'aMoment', url: 'aUrl' };
/** So many values of a choice are named. */
const MOST_VALUES = 12;

/** What a schema found, as the end of a sentence that begins with the field; undefined: zod says it as well. */
export function wordIssue(issue: z.core.$ZodRawIssue, words: Words): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return words.required;
      return named(words, KINDS[issue.expected]);
    case 'invalid_format':
      return named(words, FORMS[issue.format]) ?? words.invalid;
    case 'invalid_value':
      if (issue.input === undefined) return words.required;
      if (issue.values.length > MOST_VALUES) return words.invalid;
      return words.oneOf(issue.values.map(String).join(', '));
    case 'too_small':
      return tooSmall(issue.origin, Number(issue.minimum), words);
    case 'too_big':
      return tooBig(issue.origin, Number(issue.maximum), words);
    case 'invalid_union':
      return words.invalid;
    default:
      return undefined;
  }
}

function tooSmall(origin: string, least: number, words: Words): string | undefined {
  if (origin === 'string') return least === 1 ? words.required : words.atLeastCharacters(least);
  if (origin === 'array') return words.atLeastElements(least);
  return isNumber(origin) ? words.atLeast(least) : undefined;
}

function tooBig(origin: string, most: number, words: Words): string | undefined {
  if (origin === 'string') return words.upToUnits(most);
  if (origin === 'array') return words.upToElements(most);
  return isNumber(origin) ? words.atMost(most) : undefined;
}

function isNumber(origin: string): boolean {
  return origin === 'number' || origin === 'int' || origin === 'bigint';
}

function named(words: Words, word: keyof Words | undefined): string | undefined {
  const found = word === undefined ? undefined : words[word];
  return typeof found === 'string' ? found : undefined;
}
