import { CHECKS } from './checks.ts';
import { runStages } from './stages.ts';

const results = await runStages(CHECKS);
if (results.some(({ passed }) => !passed)) process.exitCode = 1;
