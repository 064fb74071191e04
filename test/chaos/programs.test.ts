import { expect, onTestFinished, test, vi } from 'vitest';
import { codeOf, docsPage, rowsOf, sectionOf } from '../support/docs.ts';
import { type Program, program } from './program.ts';
import { HELP, PROGRAMS, programsOf } from './programs.ts';

/** One whose runs are counted, and fail where that is wanted. */
function sample(): { sample: Program; runs: object[] } {
  const runs: object[] = [];
  const made = program({
    name: 'sample',
    options: { times: 2, broken: false, database: ['sqlite', 'postgres'] },
    needs: 'root',
    says: ({ times }) => `Running ${times} times`,
    runs: (values) => Array.from({ length: values.times }, (_, i) => ({ ...values, times: i })),
    async run(values) {
      runs.push(values);
      return { figure: values.times };
    },
    held: ({ figure }, { broken }) => !(broken && figure === 0),
    sums: ({ figure }) => `${figure} so far`,
  });
  return { sample: made, runs };
}

test('a program runs with its defaults, or with what it is given, and says whether every run held', async () => {
  onTestFinished(() => void vi.restoreAllMocks());
  const said = vi.spyOn(console, 'log').mockImplementation(() => {});
  vi.spyOn(console, 'table').mockImplementation(() => {});
  const { sample: one, runs } = sample();
  expect(await one.prepare({})()).toBe(true);
  expect(runs).toEqual([
    { times: 0, broken: false, database: 'sqlite' },
    { times: 1, broken: false, database: 'sqlite' },
  ]);
  expect(said.mock.calls.flat()).toEqual(['Running 0 times …', 'ok: 0 so far', 'Running 1 times …', 'ok: 1 so far']);
  // One that fails keeps the next one from nothing.
  expect(await one.prepare({ times: '2', broken: true, database: 'postgres' })()).toBe(false);
  expect(runs.slice(2)).toMatchObject([{ times: 0, database: 'postgres' }, { times: 1 }]);
  expect(one.help).toMatch(/^sample +--times 2 \[--broken\] --database sqlite\|postgres {3}\(needs root\)$/);
});

test.each([
  [{ times: 'two' }, '--times takes a number, such as 2.'],
  [{ times: '' }, '--times takes a number, such as 2.'],
  [{ times: '-1' }, '--times takes a number, such as 2.'],
  [{ database: 'mysql' }, '--database takes sqlite or postgres.'],
])('a value that a program can’t take is refused before anything runs: %j', (given, sentence) => {
  expect(() => sample().sample.prepare(given)).toThrow(sentence);
});

test('the command line names programs, and options that they take', () => {
  expect(programsOf(['--help'])).toBeUndefined();
  expect(programsOf([])).toHaveLength(PROGRAMS.length);
  expect(programsOf(['fuzz', 'hub-killed', '--kills', '3', '--inputs=5'])).toHaveLength(2);
  expect(() => programsOf(['hub-killt'])).toThrow('There is no chaos program hub-killt.');
  expect(() => programsOf(['fuzz', '--kills', '3'])).toThrow('fuzz takes no --kills.');
  expect(() => programsOf(['fuzz', '--killed'])).toThrow('--killed');
  expect(() => programsOf(['hub-killed', '--database', 'mysql'])).toThrow('--database takes sqlite or postgres.');
});

test('the help and docs/reliability.md name every program', () => {
  const names = PROGRAMS.map(({ name }) => name);
  for (const name of names) expect(HELP).toContain(`npm run chaos -- ${name} `);
  const rows = rowsOf(sectionOf(docsPage('reliability.md'), '## What shows it'));
  expect(rows.flatMap(([first]) => codeOf(first)).toSorted()).toEqual(names.toSorted());
});
