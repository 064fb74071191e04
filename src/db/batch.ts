import { inTurn } from './in-turn.ts';

/** What says which others a job may run beside. */
export interface Keyed {
  key?: string | undefined;
}

/**
 * Runs the jobs of one transaction, until one fails. Where `sideBySide` is set, those with different keys run at the
 * same time, and so wait together for the server's answers; a job without a key runs when all before it are over, and
 * before all that follow.
 * @param run says whether the job succeeded; it never rejects
 * @returns whether all succeeded; in any case none runs any more
 */
export async function runJobs<J extends Keyed>(
  jobs: readonly J[],
  sideBySide: boolean,
  run: (job: J) => Promise<boolean>,
): Promise<boolean> {
  let beside: J[] = [];
  for (const job of jobs) {
    if (sideBySide && job.key !== undefined) {
      beside.push(job);
      continue;
    }
    if (beside.length > 0 && !(await runSideBySide(beside, run))) return false;
    beside = [];
    if (!(await run(job))) return false;
  }
  return runSideBySide(beside, run);
}

async function runSideBySide<J extends Keyed>(jobs: readonly J[], run: (job: J) => Promise<boolean>): Promise<boolean> {
  let failed = false;
  const turn = inTurn();
  // Rows are locked in the order in which statements are sent: two transactions that lock the same rows in one order
  // can't wait for each other.
  const sorted = jobs.map((job) => ({ job, key: job.key ?? '' })).sort((a, b) => compare(a.key, b.key));
  await Promise.all(
    sorted.map(({ job, key }) =>
      turn(key, async () => {
        if (!failed && !(await run(job))) failed = true;
      }),
    ),
  );
  return !failed;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
