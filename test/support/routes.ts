import type { FastifyInstance } from 'fastify';

/** What the server was given, `METHOD /path`; HEAD comes with GET, and OPTIONS belongs to CORS. */
export function routesOf(app: FastifyInstance): string[] {
  const found: string[] = [];
  const prefixes: string[] = [];
  for (const line of app.printRoutes().split('\n')) {
    const [, indent = '', part = '', methods] = /^([│ ]*)[├└]── (.*?)(?: \(([A-Z, ]+)\))?$/.exec(line) ?? [];
    if (part === '') continue;
    const depth = indent.length / 4;
    prefixes.length = depth;
    prefixes[depth] = part === '(empty root node)' ? '' : part;
    for (const method of methods?.split(', ') ?? []) {
      if (!['HEAD', 'OPTIONS'].includes(method)) found.push(`${method} ${prefixes.join('')}`);
    }
  }
  return found;
}
