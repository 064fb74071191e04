import { runProgram } from './process/exit.ts';
import { serve } from './process/serve.ts';

await runProgram(serve);
