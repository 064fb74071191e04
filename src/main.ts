import { runProgram } from './exit.ts';
import { serve } from './serve.ts';

await runProgram(serve);
