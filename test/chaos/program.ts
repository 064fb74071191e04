/** What a program takes on the command line, each with its default: a number, the first of some words, or no. */
export type Options = Readonly<Record<string, number | false | readonly [string, ...string[]]>>;

/** What it was given, and its defaults for the rest. */
export type Values<O extends Options> = {
  readonly [K in keyof O]: O[K] extends readonly (infer Word)[] ? Word : O[K] extends number ? number : boolean;
};

/** A chaos program, as the command line knows it. */
export interface Program {
  readonly name: string;
  readonly options: Options;
  /** Its line of the help. */
  readonly help: string;
  /**
   * Reads what it was given.
   * @returns what runs it, and tells whether everything held
   * @throws Error with a sentence about a value that it can't take
   */
  prepare(given: Readonly<Record<string, unknown>>): () => Promise<boolean>;
}

export interface Plan<O extends Options, R extends object> {
  name: string;
  options: O;
  /** What the machine must have. */
  needs?: string;
  /** What it is about to do. */
  says(values: Values<O>): string;
  /** The values of each run, where there may be several; absent: one run. */
  runs?(values: Values<O>): readonly Values<O>[];
  run(values: Values<O>): Promise<R>;
  /** Whether the hub did what it must. */
  held(result: R, values: Values<O>): boolean;
  /** The figures that matter, where it held. */
  sums(result: R): string;
}

/** Makes a program of its plan: it prints what it does, its figures, and whether everything held. */
export function program<const O extends Options, R extends object>(plan: Plan<O, R>): Program {
  const { name, options, needs } = plan;
  const run = async (values: Values<O>) => {
    console.log(`${plan.says(values)} …`);
    const result = await plan.run(values);
    show(result);
    const held = plan.held(result, values);
    console.log(held ? `ok: ${plan.sums(result)}` : 'FAILED');
    return held;
  };
  return {
    name,
    options,
    help: [name.padEnd(19), ...Object.entries(options).map(helpOf), ...(needs ? [`  (needs ${needs})`] : [])].join(' '),
    prepare(given) {
      const values = valuesOf(options, given);
      return async () => {
        let held = true;
        for (const one of plan.runs?.(values) ?? [values]) held = (await run(one)) && held;
        return held;
      };
    },
  };
}

function helpOf([name, fallback]: [string, Options[string]]): string {
  if (fallback === false) return `[--${name}]`;
  return `--${name} ${typeof fallback === 'number' ? fallback : fallback.join('|')}`;
}

function valuesOf<O extends Options>(options: O, given: Readonly<Record<string, unknown>>): Values<O> {
  const values = Object.entries(options).map(([name, fallback]) => [name, readValue(name, fallback, given[name])]);
  // Each value is of its default's kind.
  return Object.fromEntries(values) as Values<O>;
}

function readValue(name: string, fallback: Options[string], given: unknown): unknown {
  if (fallback === false) return given === true;
  if (typeof fallback === 'number') {
    if (given === undefined) return fallback;
    const value = given === '' ? Number.NaN : Number(given);
    if (value >= 0 && value < Number.POSITIVE_INFINITY) return value;
    throw new Error(`--${name} takes a number, such as ${fallback}.`);
  }
  const word = given === undefined ? fallback[0] : fallback.find((one) => one === given);
  if (word === undefined) throw new Error(`--${name} takes ${fallback.join(' or ')}.`);
  return word;
}

function show(result: object): void {
  console.table(
    Object.entries(result).map(([figure, value]) => ({
      figure,
      value: typeof value === 'object' ? JSON.stringify(value) : String(value),
    })),
  );
}
