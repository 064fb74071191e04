import { MAX_RESPONSE_BYTES } from '#protocol';

/** How much JSON may hold, counted before anything is built from it. */
export interface JsonBounds {
  /** Levels of arrays and objects within each other. */
  depth: number;
  /** Elements of all arrays and fields of all objects together. */
  elements: number;
}

/** Nothing in the contract nests deeper (docs/security.md, S27). */
const MAX_DEPTH = 32;

/** Bodies and frames: 100 buttons with 4 KiB of data each stay far below; a schema over so many takes about 10 ms. */
export const JSON_BOUNDS: JsonBounds = { depth: MAX_DEPTH, elements: 10_000 };
/** Reports: any JSON of 64 KiB may be a `response`, and no schema looks into it. */
export const REPORT_BOUNDS: JsonBounds = { depth: MAX_DEPTH, elements: MAX_RESPONSE_BYTES };

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const [OPEN_ARRAY, CLOSE_ARRAY] = [0x5b, 0x5d];
const [OPEN_OBJECT, CLOSE_OBJECT] = [0x7b, 0x7d];

/**
 * Looks at JSON without reading it: 1 MiB takes about 2 ms, and building 300,000 small objects takes seconds.
 * Text that is not JSON may pass; the parser refuses it.
 * @returns which bound it exceeds, or undefined
 */
export function exceededBound(json: string, bounds: JsonBounds): keyof JsonBounds | undefined {
  let depth = 0;
  let elements = 0;
  for (let at = 0; at < json.length; at++) {
    switch (json.charCodeAt(at)) {
      case QUOTE:
        at = endOfString(json, at);
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        if (++depth > bounds.depth) return 'depth';
        if (++elements > bounds.elements) return 'elements';
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        depth--;
        break;
      case COMMA:
        if (++elements > bounds.elements) return 'elements';
        break;
    }
  }
  return undefined;
}

/** Where the string that begins at `start` ends; the end of the text if it never does. */
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); end !== -1; end = json.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (json.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return json.length;
}

/** A NUL as JSON writes it; its backslash may itself be escaped, and then it is none. */
const WRITTEN_NUL = '\\u0000';

/**
 * The place of the first text, or name of a field, that has a NUL: PostgreSQL's columns can't hold it, and both
 * databases answer alike (docs/security.md, S36).
 * @param json what was parsed; without a written NUL in it nothing is looked at
 * @param free places that hold any JSON, which is stored as it is: `buttons.*.*.data`
 * @param at where `value` stands
 */
export function placeOfNul(json: string, value: unknown, free: readonly string[] = [], at = ''): string | undefined {
  if (!json.includes(WRITTEN_NUL)) return undefined;
  return findNul(
    value,
    at === '' ? [] : [at],
    free.map((place) => place.split('.')),
  )?.join('.');
}

function findNul(value: unknown, path: readonly string[], free: readonly string[][]): readonly string[] | undefined {
  if (free.some((place) => place.length === path.length && place.every((name, i) => name === '*' || name === path[i])))
    return undefined;
  if (typeof value === 'string') return value.includes('\0') ? path : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, inner] of Object.entries(value)) {
    if (name.includes('\0')) return path;
    const found = findNul(inner, [...path, name], free);
    if (found !== undefined) return found;
  }
  return undefined;
}
