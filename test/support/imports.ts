import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A source file as the architecture sees it; paths are the repository's. */
export interface SourceFile {
  path: string;
  /** Without comments. */
  code: string;
  /** What it imports, types and re-exports included: a path of the repository, or a package's name. */
  imports: string[];
}

/** The repository's own names for two of its files (package.json, "imports"). */
const ALIASES: Record<string, string> = {
  '#protocol': 'client-sdk/src/protocol/mod.ts',
  '#hub-client': 'client-sdk/src/mod.ts',
};

/** Reads the TypeScript files under `folder`. */
export function sourceFiles(root: string, folder: string): SourceFile[] {
  return globSync(`${folder}/**/*.ts`, { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .sort()
    .map((path) => {
      const code = withoutComments(readFileSync(join(root, path), 'utf8'));
      return { path, code, imports: importsOf(code).map((name) => resolve(path, name)) };
    });
}

const STATEMENT = /^[ \t]*(?:import|export)\b(?:[^;'"]*?\bfrom)?\s*['"]([^'"]+)['"]/gm;
const CALL = /\b(?:import|require)\(\s*['"]([^'"]+)['"]\s*\)/g;

/** The names that a file imports: `import`, `import type`, `export … from`, `import()`, in code and in types. */
export function importsOf(code: string): string[] {
  return [STATEMENT, CALL].flatMap((pattern) => [...code.matchAll(pattern)].map(([, name = '']) => name));
}

/** Takes comments out; what looks like one within a text or a pattern may go too, imports never do. */
export function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:'"`\\/])\/\/.*$/gm, '$1');
}

function resolve(from: string, name: string): string {
  if (name.startsWith('.')) return join(dirname(from), name).replaceAll('\\', '/');
  return ALIASES[name] ?? name;
}

/** Circles of imports, each as the files on it. */
export function cycles(files: readonly SourceFile[]): string[][] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const found: string[][] = [];
  const visit = (path: string, trail: readonly string[]) => {
    const at = trail.indexOf(path);
    if (at >= 0) found.push([...trail.slice(at), path]);
    if (at >= 0 || done.has(path)) return;
    for (const next of byPath.get(path)?.imports ?? []) if (byPath.has(next)) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const { path } of files) visit(path, []);
  return found;
}
