import type { CommandHelp } from './command.ts';

/** How `tpv` is called. */
export const TPV_HELP: CommandHelp = {
  takesWords: true,
  options: {
    'endpoint-url': { type: 'string' },
    'max-users': { type: 'string' },
    users: { type: 'string' },
    new: { type: 'boolean' },
    minutes: { type: 'string' },
    for: { type: 'string' },
    until: { type: 'string' },
    reason: { type: 'string' },
    timetable: { type: 'string' },
    text: { type: 'string' },
    wait: { type: 'string' },
  },
  help: `Usage: npx valletpv-hub tpv list
       npx valletpv-hub tpv register <name> --endpoint-url <url> [--max-users 100]
       npx valletpv-hub tpv activate <tpv>
       npx valletpv-hub tpv deactivate <tpv> [--users keep|reassign]
       npx valletpv-hub tpv rotate-key <tpv>
       npx valletpv-hub tpv rotate-secret <tpv>
       npx valletpv-hub tpv join-code <tpv> [--new]
       npx valletpv-hub tpv service <tpv> [open|busy|paused] [--minutes 20] [--for 30|--until <time>]
           [--reason <words>] [--timetable <file|none>]
       npx valletpv-hub tpv test-order <tpv> [--text <words>] [--wait 30]
       npx valletpv-hub tpv import-key <tpv>

<tpv> is an id as "tpv list" shows it, or a name that no other TPV has.

  list         Every TPV with its id, state, users, and when it was last heard.
  register     Makes a TPV, active at once, and shows its key and its signing secret this once.
  activate     Approves it: people and messages come to it from now on.
  deactivate   Ends its connection within a second. Its people wait for it, or (--users reassign) go to other TPVs.
  rotate-key   Makes a new key and shows it this once; the one before works 24 hours more.
  rotate-secret  The same for the secret with which the TPV verifies the hub's calls of its URL.
  join-code    The code that brings a person to this TPV; --new makes another, and the one before leads nowhere.
  service      Shows whether the restaurant attends, or says so: busy takes --minutes (how long a person waits), paused a
               --reason that people read; both end by themselves after --for minutes, or at --until. --timetable reads
               JSON: {"weekly": {"mon": [["13:00", "16:00"]]}, "exceptions": [{"date": "2026-12-25", "hours": []}]}.
  test-order   Sends the TPV what a person might write (payload.test is true, the person's id 0), waits --wait seconds,
               and shows each step and the answer. No person gets it and no figure counts it; a TPV that does not
               know test orders takes it for a real one. Ends with 0 if the TPV completed it, else with 1.
  import-key   Lets the TPV in with a key of its own besides those that it has: an older TPV then keeps the key that it
               was installed with. The key (20 characters at least, and no other TPV's) is asked for, or read from
               standard input: npx valletpv-hub tpv import-key "Bar La Esquina" < key.txt

All work while the hub runs, need no variable but DATABASE_URL, and take --json.
`,
};
