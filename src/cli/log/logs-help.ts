import type { CommandHelp } from '../command.ts';

/** How `logs` is called. */
export const LOGS_HELP: CommandHelp = {
  options: { errors: { type: 'boolean' }, since: { type: 'string' }, follow: { type: 'boolean', short: 'f' } },
  help: `Usage: npx valletpv-hub logs [--errors] [--since 1h] [--follow] [--json]

What the hub wrote to LOG_DIR (the service's is logs): requests, messages and the program's own lines in the order of
time, also from files that were closed since. Times are those of TIME_ZONE.

  --errors   Only what failed: warnings and faults, answers with 5xx, messages that did not reach their person.
  --since    From when on: how long ago (90s, 15m, 2h, 7d), or a time such as 2026-11-28T22:00. Else: 1h.
  --follow   Goes on with what comes, until Ctrl+C.
  --json     Each line as the hub wrote it.

In a container the hub writes to standard output: docker compose logs.
`,
};
