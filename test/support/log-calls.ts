/** A call of a logger, as far as it can be read without running it. */
export interface LogCall {
  /** `any` where the level is chosen when it is called. */
  level: string;
  /** What it may say; `${status}` reads `<status>`. */
  messages: string[];
  /** The fields that stand in the call itself. */
  fields: string[];
}

const CALL = /(?:\blog|\baccess|\blogger)(?:\.(fatal|error|warn|info|debug|trace)|\[[^\]]+\])\(/g;

/** Finds the calls of loggers in a source file, and reads their last argument and the names of the object before it. */
export function logCalls(code: string): LogCall[] {
  return [...code.matchAll(CALL)].map((match) => {
    const inside = parenthesised(code, match.index + match[0].length);
    const parts = topLevel(inside);
    const last = parts.at(-1) ?? '';
    const messages = [...last.matchAll(/'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`([^`]*)`/g)]
      .filter(() => !last.trimStart().startsWith('{'))
      .map(([, single, double, template]) =>
        (single ?? double ?? template ?? '').replaceAll(/\$\{(\w+)\}/g, '<$1>').replaceAll(/\\(.)/g, '$1'),
      );
    const object = parts[0]?.trim() ?? '';
    const fields = object.startsWith('{') ? topLevel(object.slice(1, -1)).flatMap(nameOf) : [];
    return { level: match[1] ?? 'any', messages, fields };
  });
}

function nameOf(part: string): string[] {
  const [, name] = /^\s*(\w+)\s*(?::|$)/.exec(part) ?? [];
  return name === undefined ? [] : [name];
}

/** From behind an opening parenthesis to its closing one. */
function parenthesised(code: string, start: number): string {
  let depth = 1;
  let at = start;
  for (; at < code.length && depth > 0; at++) {
    const end = endOfText(code, at);
    if (end > at) at = end;
    else if ('([{'.includes(code[at] ?? '')) depth++;
    else if (')]}'.includes(code[at] ?? '')) depth--;
  }
  return code.slice(start, at - 1);
}

/** Cut at the commas that stand in no bracket and no text. */
function topLevel(code: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < code.length; at++) {
    const end = endOfText(code, at);
    if (end > at) at = end;
    else if ('([{'.includes(code[at] ?? '')) depth++;
    else if (')]}'.includes(code[at] ?? '')) depth--;
    else if (code[at] === ',' && depth === 0) {
      parts.push(code.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, code.slice(from)].filter((part) => part.trim() !== '');
}

/** Where a quoted text that begins here ends; `at` where none does. */
function endOfText(code: string, at: number): number {
  const quote = code[at] ?? '';
  if (!['"', "'", '`'].includes(quote)) return at;
  for (let end = at + 1; end < code.length; end++) {
    if (code[end] === '\\') end++;
    else if (code[end] === quote) return end;
  }
  return at;
}
