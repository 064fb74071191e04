/** The variable parts of a path that a pattern such as `/admin/tpvs/:id` fits, else undefined. */
export function match(pattern: string, actual: string): Record<string, string> | undefined {
  const [wanted, given] = [pattern.split('/'), actual.split('/')];
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith(':')) {
      try {
        params[part.slice(1)] = decodeURIComponent(value);
      } catch {
        return undefined;
      }
    } else if (part !== value) return undefined;
  }
  return params;
}
