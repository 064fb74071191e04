import { join } from 'node:path';
import { PYTHON_CLIENT, pythonOfChecks } from '../support/python.ts';
import { program } from './program.ts';
import { allDone, sdkFaults, sumOf } from './sdk-faults.ts';

/** Half of all cuts are to be over by then: the first wait is 500 ms at most. */
const MEDIAN_BACK_MS = 1_000;

export const pythonFaultsProgram = program({
  name: 'python-faults',
  options: { faults: 300, instructions: 3_000 },
  says: ({ faults, instructions }) =>
    `Disturbing a TPV on the Python client ${faults} times over ${instructions} instructions`,
  async run({ faults, instructions }) {
    const tpv = {
      program: await pythonOfChecks(),
      args: [join(PYTHON_CLIENT, 'tests/faults_tpv.py')],
      env: { PYTHONPATH: PYTHON_CLIENT },
    };
    return sdkFaults({ faults, instructions, perSecond: 50, users: 20, tpv, measures: true });
  },
  held: (result) => allDone(result) && result.medianBackMs < MEDIAN_BACK_MS,
  sums: (result) => `${sumOf(result)}; after a cut it was back within ${result.medianBackMs} ms (median)`,
});
