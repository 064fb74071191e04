import type { Mutation } from '../mutation.ts';

const FENCES = ['test/cluster/fences.test.ts'];
const STORE = 'src/instructions/fenced-store.ts';

/** Hubs that share a PostgreSQL. */
export const clusterFaults: readonly Mutation[] = [
  {
    name: 'cluster: a socket that was replaced claims on',
    file: STORE,
    find: "          .where(({ exists, selectFrom }) => exists(selectFrom('own').select('own.session_id')))\n",
    replace: '',
    harm: 'two hubs hand one TPV’s messages out, each some of them',
    tests: FENCES,
    only: 'newer one took the row over gets nothing',
  },
  {
    name: 'cluster: a new message does not look for older ones',
    file: STORE,
    find: "                  .where('older.status', '=', MOVES.hand_out.from[0])\n",
    replace: "                  .where('older.status', '=', 'failed')\n",
    harm: 'a person’s message overtakes the one before it, which came to another hub',
    tests: FENCES,
    only: 'another hub put in line',
  },
  {
    name: 'cluster: a hub sends in a term that is over',
    file: 'src/push/fenced-push-store.ts',
    find: "          .where('leases.term', '=', p('term'))\n",
    replace: '',
    harm: 'two hubs send to one chat at once',
    tests: FENCES,
    only: 'leaves only in the term',
  },
  {
    name: 'cluster: a hub takes itself for alive without a word of the database',
    file: 'src/cluster/membership.ts',
    find: 'return performance.now() < this.#aliveUntil;',
    replace: 'return true;',
    harm: 'a hub that was buried goes on as if it were not',
    tests: ['test/cluster/membership.test.ts'],
    only: 'stops acting before',
  },
  {
    name: 'cluster: a second hub takes the database of the first',
    file: 'src/cluster/only-hub.ts',
    find: 'for (; !this.#isHolder; await membership.renew())',
    replace: 'for (; membership.id === undefined; await membership.renew())',
    harm: 'each gives back what the other’s sockets hold, and TPVs get everything twice',
    tests: ['test/cluster/only-hub.test.ts'],
    only: 'a second hub is refused',
  },
  {
    name: 'cluster: a file that is gone is sent as far as it was read',
    file: 'src/push/database-uploads.ts',
    find: 'if (row === undefined) throw',
    replace: 'if (row === undefined) return; if (part < 0) throw',
    harm: 'a person gets half a bill, and the TPV reads that it was sent',
    tests: ['test/push/database-uploads.test.ts'],
    only: 'never taken for a shorter one',
  },
  {
    name: 'cluster: a hub that was buried leaves its sockets open',
    file: 'src/hub/bridge.ts',
    find: '    if (replaced.length > 0) gateway.replaced(replaced);\n',
    replace: '',
    harm: 'a TPV keeps two sockets, and one of them never gets anything',
    tests: ['test/cluster/two-hubs.test.ts'],
    only: 'ends a socket whose row',
  },
];
