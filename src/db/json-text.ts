declare const written: unique symbol;

/** JSON text that this program wrote from a `T`: what a JSON column holds. */
export type JsonText<T> = string & { readonly [written]: T };

/** Writes a value for a JSON column. What comes here was checked at the edge. */
export function jsonText<T>(value: T): JsonText<T> {
  // The one way in which such a text is made.
  return JSON.stringify(value) as JsonText<T>;
}

/** Reads a JSON column; as `jsonText` is the only way in, nothing is checked again. */
export function parseJson<T>(text: JsonText<T>): T {
  return JSON.parse(text) as T;
}
