import fc from 'fast-check';

/**
 * What the property tests begin with. The same each time, so that a change is judged by what it changed;
 * `PROPERTY_SEED=random` looks elsewhere, and `PROPERTY_SEED=<number>` again where a failure says it was found.
 */
const SEED = 20_261_128;

const asked = process.env.PROPERTY_SEED;
if (asked !== 'random') fc.configureGlobal({ seed: asked === undefined ? SEED : Number(asked) });
