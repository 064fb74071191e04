import { parseArgs } from 'node:util';
import { backupUnderLoadProgram } from './backup-under-load.ts';
import { clockCorrectedProgram } from './clock-corrected.ts';
import { clusterProgram } from './cluster.ts';
import { crowdOfflineProgram } from './crowd-offline.ts';
import { databaseFaultsProgram } from './database-faults.ts';
import { diskFullProgram } from './disk-full.ts';
import { fuzzProgram } from './fuzz/fuzz.ts';
import { hubDrainedProgram, hubKilledProgram } from './hub-killed.ts';
import { hubStoppedProgram } from './hub-stopped.ts';
import { powerLossProgram } from './power-lost.ts';
import type { Program } from './program.ts';
import { pushesAfterOutageProgram } from './pushes-after-outage.ts';
import { pushesKilledProgram } from './pushes-killed.ts';
import { pushesUnderFaultsProgram } from './pushes-under-faults.ts';
import { pushesWaitingProgram } from './pushes-waiting.ts';
import { pythonFaultsProgram } from './python-faults.ts';
import { replyKilledProgram } from './replies-killed.ts';
import { sdkFaultsProgram } from './sdk-faults.ts';

/** All of them, in the order in which they run. */
export const PROGRAMS: readonly Program[] = [
  hubKilledProgram,
  hubDrainedProgram,
  clusterProgram,
  powerLossProgram,
  sdkFaultsProgram,
  pythonFaultsProgram,
  pushesUnderFaultsProgram,
  pushesAfterOutageProgram,
  pushesKilledProgram,
  replyKilledProgram,
  crowdOfflineProgram,
  pushesWaitingProgram,
  hubStoppedProgram,
  backupUnderLoadProgram,
  databaseFaultsProgram,
  clockCorrectedProgram,
  diskFullProgram,
  fuzzProgram,
];

const COMMAND = 'npm run chaos';
export const HELP = [
  `${COMMAND}    all programs; an option goes to each that takes it, and is shown with its default`,
  ...PROGRAMS.map(({ help }) => `${COMMAND} -- ${help}`),
  '',
].join('\n');

/**
 * Reads a command line: names of programs, or none for all, and options.
 * @returns what runs each of them; undefined: the help was asked for
 * @throws Error with a sentence about what can't be taken
 */
export function programsOf(args: readonly string[]): (() => Promise<boolean>)[] | undefined {
  const known = PROGRAMS.flatMap(({ options }) => Object.entries(options)).map(
    ([option, fallback]) => [option, { type: fallback === false ? 'boolean' : 'string' }] as const,
  );
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { ...Object.fromEntries(known), help: { type: 'boolean' } },
  });
  const { help, ...given } = values;
  if (help === true) return undefined;
  const chosen = positionals.length === 0 ? PROGRAMS : positionals.map(programNamed);
  const useless = Object.keys(given).find((option) => !chosen.some(({ options }) => option in options));
  if (useless !== undefined) throw new Error(`${positionals.join(' and ')} takes no --${useless}.`);
  return chosen.map((program) => program.prepare(given));
}

function programNamed(name: string): Program {
  const program = PROGRAMS.find((one) => one.name === name);
  if (program === undefined) throw new Error(`There is no chaos program ${name}.`);
  return program;
}
