import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** These files, and those of these folders, run for long, and a machine that runs them last waits with one core for the other. */
const LONG = [
  'test/deploy/npm-versions.test.ts',
  'test/bench/',
  'test/client-python/',
  'test/deploy/release.test.ts',
  'test/browser/pages.test.ts',
  'test/observability/health.test.ts',
  'test/chaos/',
  'test/browser/access.test.ts',
  'test/process/',
  'test/deploy/',
  'test/browser/',
  'test/readme/',
  'test/buttons/restart.test.ts',
  'test/cli/',
  'test/operations/',
  'test/client-sdk/package.test.ts',
  'test/gateway/',
  'test/push/',
  'test/telegram/update-types.test.ts',
];

/** The order of test files: the long ones first, and within that as Vitest remembers how long each took. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const place = LONG.findIndex((path) => moduleId.includes(`/${path}`));
      return place === -1 ? LONG.length : place;
    };
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}
