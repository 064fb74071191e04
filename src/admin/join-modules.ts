import { posix } from 'node:path';

/** How the browser's modules are written: imports by name and exports where a thing is declared, a line's first word. */
const IMPORT = /^import\s+(?:\{([^}]*)\}|(\w+))\s+from\s+'([^']+)';$/gm;
const EXPORT = /^export\s+(?=(?:(?:async\s+)?function\*?|class|const)\s+(\w+))/gm;
const OTHER = /^(?:import|export)\b.*$/m;

interface Module {
  path: string;
  /** A function's body that gives back what the module exports. */
  body: string;
  imports: string[];
}

/**
 * Puts modules into one, each in a function of its own, those that are imported before those that import them: two
 * hundred small files cost a phone more in requests than in code, and compress half as well. What one imports from a
 * package stays an import.
 * @param sources the modules' code by path, without types
 * @param vendor the address of a package's module, by the name it is imported by
 * @throws Error where a module is written otherwise, or imports what isn't there
 */
export function joinModules(
  sources: ReadonlyMap<string, string>,
  entry: string,
  vendor: Readonly<Record<string, string>>,
): string {
  const order: Module[] = [];
  const visited = new Set<string>();
  const visit = (path: string, from: string) => {
    if (visited.has(path)) return;
    visited.add(path);
    const source = sources.get(path);
    if (source === undefined) throw new Error(`${from} imports ${path}, which doesn't exist.`);
    const module = moduleOf(path, source, vendor);
    for (const name of module.imports) visit(name, path);
    order.push(module);
  };
  visit(entry, 'The page');
  const packages = Object.values(vendor).map((url, index) => `import * as vendor${index} from '${url}';`);
  const bodies = order.map(({ path, body }) => `modules['${path}'] = (() => {\n${body}\n})();`);
  return [...packages, 'const modules = {};', ...bodies, ''].join('\n');
}

function moduleOf(path: string, source: string, vendor: Readonly<Record<string, string>>): Module {
  const imports: string[] = [];
  const exported: string[] = [];
  const names = Object.keys(vendor);
  const body = source
    .replace(IMPORT, (_whole, named: string | undefined, whole: string | undefined, from: string) => {
      const given = whole === undefined ? bindings(named ?? '') : `default: ${whole}`;
      if (from.startsWith('.')) {
        const target = posix.join(posix.dirname(path), from);
        imports.push(target);
        return `const { ${given} } = modules['${target}'];`;
      }
      if (!names.includes(from)) throw new Error(`${path} imports ${from}, which the panel doesn't serve.`);
      return `const { ${given} } = vendor${names.indexOf(from)};`;
    })
    .replace(EXPORT, (_whole, name: string) => {
      exported.push(name);
      return '';
    });
  const other = OTHER.exec(body);
  if (other !== null) throw new Error(`${path} has an import or export of a kind that is not understood: ${other[0]}`);
  return { path, body: `${body.trim()}\nreturn { ${exported.join(', ')} };`, imports };
}

/** `{ a, b as c }` of an import as a pattern that takes an object apart. */
function bindings(names: string): string {
  return names.trim().replaceAll(/\s+as\s+/g, ': ');
}
