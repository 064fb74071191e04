import { loadDotEnv, runProgram } from '../process/exit.ts';
import { faultIn, languageOfRun } from './language/say.ts';
import { runCommand, wantsJson } from './run.ts';

const args = process.argv.slice(2);
const language = languageOfRun(process.env);

await runProgram(
  async () => {
    const readEnv = () => {
      loadDotEnv();
      return process.env;
    };
    const said = await runCommand(args, readEnv, language);
    if (said === undefined) return;
    process.stdout.write(said.text);
    process.exitCode = said.code;
  },
  wantsJson(args),
  faultIn(language),
);
