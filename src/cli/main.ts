import { loadDotEnv, runProgram } from '../process/exit.ts';
import { runCommand, wantsJson } from './run.ts';

const args = process.argv.slice(2);

await runProgram(async () => {
  const said = await runCommand(args, () => {
    loadDotEnv();
    return process.env;
  });
  if (said === undefined) return;
  process.stdout.write(said.text);
  process.exitCode = said.code;
}, wantsJson(args));
