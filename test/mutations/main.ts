import { parseArgs } from 'node:util';
import { startPostgres } from '../support/postgres.ts';
import { MUTATIONS } from './list.ts';
import { type Mutation, planted } from './mutation.ts';
import { type Run, runTests } from './run-tests.ts';
import { copyTree, type Tree } from './tree.ts';

const HELP = `Plants faults in a copy of the tree, one after the other, and runs the tests that must see them.

  npm run test:mutations                    all of them
  npm run test:mutations -- --only NAME     those whose name contains NAME
  npm run test:mutations -- --trust         does not look before whether the tests pass without a fault
  npm run test:mutations -- --list          their names, and runs nothing

It ends with 1 unless each fault was caught by a test that says what it missed: running out of time is not enough.
`;

/** `late`: seen, but only because a test ran out of time, which does not say what is wrong. */
type Verdict = 'caught' | 'late' | 'NOT CAUGHT' | 'BROKEN';

interface Outcome {
  mutation: Mutation;
  verdict: Verdict;
  detail: string;
  seconds: number;
}

/** Where faults are planted, and what the tests there share. */
interface Ground {
  tree: Tree;
  postgresUrl: string;
}

async function tryOne({ tree, postgresUrl }: Ground, mutation: Mutation): Promise<Outcome> {
  const startedAt = performance.now();
  const outcome = (verdict: Verdict, detail: string): Outcome => {
    return { mutation, verdict, detail, seconds: Math.round((performance.now() - startedAt) / 1_000) };
  };
  const before = tree.read(mutation.file);
  const fault = planted(mutation, before);
  if ('fault' in fault) return outcome('BROKEN', fault.fault);
  tree.write(mutation.file, fault.text);
  try {
    const run = await runTests(tree.root, mutation.tests, { only: mutation.only, bail: true, postgresUrl });
    return outcome(...verdictOf(run));
  } finally {
    tree.write(mutation.file, before);
  }
}

function verdictOf({ passed, failed, unloaded }: Run): [Verdict, string] {
  const [seen] = failed.filter(({ late }) => !late);
  if (seen !== undefined) return ['caught', `${seen.test}: ${seen.reason}`];
  const [late] = failed;
  if (late !== undefined) return ['late', `${late.test}: ${late.reason}`];
  const [first] = unloaded;
  if (first !== undefined) return ['BROKEN', first];
  return passed === 0 ? ['BROKEN', 'no test ran'] : ['NOT CAUGHT', `${passed} tests passed`];
}

/** A test that fails on the sound tree would make every fault look caught. */
async function soundBefore({ tree, postgresUrl }: Ground, mutations: readonly Mutation[]): Promise<boolean> {
  const files = [...new Set(mutations.flatMap(({ tests }) => tests))];
  process.stdout.write(`Without any fault: ${files.length} test files … `);
  const { passed, failed, unloaded } = await runTests(tree.root, files, { bail: false, postgresUrl });
  process.stdout.write(`${passed} tests pass\n`);
  for (const { test, reason } of failed) process.stdout.write(`  fails by itself: ${test}: ${reason}\n`);
  for (const one of unloaded) process.stdout.write(`  does not run: ${one}\n`);
  return failed.length + unloaded.length === 0;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      only: { type: 'string' },
      trust: { type: 'boolean' },
      list: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  const { only = '' } = values;
  const mutations = MUTATIONS.filter(({ name }) => name.includes(only));
  if (values.help) process.stdout.write(HELP);
  if (values.list) for (const { name, file, harm } of mutations) process.stdout.write(`${name} (${file}): ${harm}\n`);
  if (values.help || values.list) return 0;
  if (mutations.length === 0) {
    process.stderr.write(`No mutation is called "${only}"; --list shows their names.\n`);
    return 64;
  }
  const tree = copyTree();
  const { url: postgresUrl, stop } = await startPostgres();
  try {
    return await tryAll({ tree, postgresUrl }, mutations, values.trust === true);
  } finally {
    await stop();
    tree.remove();
  }
}

async function tryAll(ground: Ground, mutations: readonly Mutation[], trusting: boolean): Promise<number> {
  if (!trusting && !(await soundBefore(ground, mutations))) return 1;
  const outcomes: Outcome[] = [];
  for (const mutation of mutations) {
    const outcome = await tryOne(ground, mutation);
    outcomes.push(outcome);
    const { verdict, seconds, detail } = outcome;
    process.stdout.write(`${verdict.padEnd(10)} ${String(seconds).padStart(4)} s  ${mutation.name}\n`);
    process.stdout.write(`${' '.repeat(19)}${detail.slice(0, 200)}\n`);
    if (ending.aborted) break;
  }
  const count = (verdict: Verdict) => outcomes.filter((one) => one.verdict === verdict).length;
  process.stdout.write(
    `${outcomes.length} faults planted: ${count('caught')} caught, ${count('late')} by a time-out alone, ` +
      `${count('NOT CAUGHT')} not caught, ${count('BROKEN')} could not be tried.\n`,
  );
  return count('caught') === outcomes.length ? 0 : 1;
}

/** A run that is told to end ends after the fault that is planted, so that nothing stays behind. */
const told = new AbortController();
const ending = told.signal;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => told.abort());

process.exitCode = await main();
