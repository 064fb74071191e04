import type { Stage } from './stages.ts';

/** The projects that the type checker reads one by one, the longest first. */
const PROJECTS = ['.', 'test/browser', 'panel'];

/** Types, style and format, and the API's description: what `npm run check` looks at. */
export const CHECKS: readonly Stage[] = [
  ...PROJECTS.map((project) => ({ name: `types of ${project}`, args: typesOf(project) })),
  { name: 'style and format', args: ['node_modules/@biomejs/biome/bin/biome', 'check', '.'] },
  { name: 'OpenAPI document', args: ['test/run/lint-openapi.ts'] },
];

/** One thread each: the projects share the cores. What did not change since the last run is not read again. */
function typesOf(project: string): string[] {
  const name = project === '.' ? 'root' : project.replaceAll('/', '-');
  const kept = `node_modules/.cache/types/${name}.tsbuildinfo`;
  const once = ['--noEmit', '--singleThreaded', '--incremental', '--tsBuildInfoFile', kept];
  return ['node_modules/typescript/bin/tsc', ...once, '--project', project];
}
