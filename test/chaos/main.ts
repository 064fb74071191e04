import { HELP, programsOf } from './programs.ts';

/** EX_USAGE of sysexits.h. */
const USAGE_EXIT = 64;

const programs = asked();
if (programs === undefined) {
  process.stdout.write(HELP);
  process.exit(0);
}
let held = true;
for (const run of programs) held = (await run()) && held;
process.exit(held ? 0 : 1);

function asked() {
  try {
    return programsOf(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
    process.exit(USAGE_EXIT);
  }
}
