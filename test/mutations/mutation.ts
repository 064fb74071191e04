/** A small fault that a person could make, and the tests that must see it. */
export interface Mutation {
  /** Says what is wrong, in a few words; unique. */
  name: string;
  /** Relative to the root. */
  file: string;
  /** Stands exactly once in the file. */
  find: string;
  replace: string;
  /** What a user would suffer. */
  harm: string;
  /** Relative to the root; at least one of their tests must fail. */
  tests: readonly string[];
  /** Runs only the tests whose names fit, where the others would take long; `.*` stands between a group and its test. */
  only?: string;
}

/** Why a mutation can't be planted as things are; undefined where it can. */
export function planted(mutation: Mutation, text: string): { text: string } | { fault: string } {
  const { find, replace, file } = mutation;
  if (find === replace) return { fault: 'it changes nothing' };
  const parts = text.split(find);
  if (parts.length === 2) return { text: parts.join(replace) };
  const times = parts.length === 1 ? 'no longer stands' : `stands ${parts.length - 1} times`;
  return { fault: `its text ${times} in ${file}: ${JSON.stringify(find)}` };
}
