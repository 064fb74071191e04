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

/** Reads the TypeScript files under `folder`, those of packages and builds in it left out. */
export function sourceFiles(root: string, folder: string): SourceFile[] {
  const exclude = ['**/node_modules/**', '**/dist/**'];
  return globSync(`${folder}/**/*.{ts,tsx}`, { cwd: root, exclude })
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

/**
 * Circles of imports, files and folders alike. In each folder the entries are its files and its subfolders, each
 * subfolder as one: if something in `a/` imports something in `b/`, and something in `b/` imports something in `a/`,
 * that is a circle even though no file imports itself.
 * @returns each circle as its entries, with the imports that make it
 */
export function circles(files: readonly SourceFile[]): string[] {
  return [...entriesByFolder(files)].flatMap(([folder, arrows]) =>
    circlesAmong(arrows).map((trail) => {
      const steps = trail.slice(1).flatMap((to, index) => arrows.get(trail[index] ?? '')?.get(to) ?? []);
      return `${folder}: ${trail.join(' → ')} (${steps.join(', ')})`;
    }),
  );
}

/** Which entry imports which, and by which files. */
type Arrows = Map<string, Map<string, string[]>>;

function entriesByFolder(files: readonly SourceFile[]): Map<string, Arrows> {
  const known = new Set(files.map(({ path }) => path));
  const folders = new Map<string, Arrows>();
  for (const { path, imports } of files) {
    for (const target of imports.filter((name) => known.has(name))) {
      const [here, there] = [path.split('/'), target.split('/')];
      const apart = here.findIndex((part, index) => part !== there[index]);
      const folder = here.slice(0, apart).join('/');
      const [from = path, to = target] = apart < 0 ? [] : [here[apart], there[apart]];
      const arrows = getOrAdd(folders, folder, () => new Map());
      const targets = getOrAdd(arrows, from, () => new Map<string, string[]>());
      getOrAdd(targets, to, (): string[] => []).push(`${path} → ${target}`);
    }
  }
  return folders;
}

function circlesAmong(arrows: Arrows): string[][] {
  const done = new Set<string>();
  const found: string[][] = [];
  const visit = (entry: string, trail: readonly string[]) => {
    const at = trail.indexOf(entry);
    if (at >= 0) found.push([...trail.slice(at), entry]);
    if (at >= 0 || done.has(entry)) return;
    for (const next of arrows.get(entry)?.keys() ?? []) visit(next, [...trail, entry]);
    done.add(entry);
  };
  for (const entry of arrows.keys()) visit(entry, []);
  return found;
}

function getOrAdd<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}
