import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { API, type Checker, type Type } from 'typescript/unstable/sync';

/** A type of Telegram's, as far as a value of it can be made. Objects may contain themselves. */
export type Shape =
  | { kind: 'string' | 'number' | 'boolean' }
  | { kind: 'literal'; value: unknown }
  | { kind: 'array'; of: Shape }
  | { kind: 'union'; of: Shape[] }
  | { kind: 'object'; fields: Map<string, Shape> };

/** The type `Update` of grammY, whole, as the compiler reads its declarations. */
export function updateShape(): Shape {
  const folder = mkdtempSync(join(tmpdir(), 'update-types-'));
  const types = createRequire(createRequire(import.meta.url).resolve('grammy')).resolve('@grammyjs/types');
  const source = `import type { Update } from ${JSON.stringify(types)};\nexport declare const probe: Update;\n`;
  const file = join(folder, 'probe.ts');
  writeFileSync(file, source);
  const config = join(folder, 'tsconfig.json');
  const compilerOptions = { strict: true, module: 'nodenext', types: [], noEmit: true };
  writeFileSync(config, JSON.stringify({ compilerOptions, files: ['probe.ts'] }));
  const api = new API();
  try {
    const [project] = api.updateSnapshot({ openProjects: [config] }).getProjects();
    const update = project?.checker.getTypeAtPosition(file, source.indexOf('probe'));
    if (project === undefined || update === undefined) throw new Error('The types of grammY could not be read.');
    return shapeOf(project.checker, update, new Map());
  } finally {
    api.close();
    rmSync(folder, { recursive: true });
  }
}

function shapeOf(checker: Checker, given: Type, known: Map<number, Shape>): Shape {
  const type = checker.getNonNullableType(given) ?? given;
  const before = known.get(type.id);
  if (before !== undefined) return before;
  const simple = simpleShape(checker, type);
  if (simple !== undefined) return simple;
  if (checker.isArrayType(type)) {
    const array: Shape = { kind: 'array', of: { kind: 'string' } };
    known.set(type.id, array);
    const [element] = checker.getTypeArguments(type as Parameters<Checker['getTypeArguments']>[0]);
    if (element !== undefined) array.of = shapeOf(checker, element, known);
    return array;
  }
  if (type.isUnionType()) {
    const union: Shape = { kind: 'union', of: [] };
    known.set(type.id, union);
    for (const member of type.getTypes()) union.of.push(shapeOf(checker, member, known));
    return union;
  }
  const fields = new Map<string, Shape>();
  known.set(type.id, { kind: 'object', fields });
  const properties = checker.getPropertiesOfType(type);
  for (const [i, field] of checker.getTypeOfSymbol(properties).entries()) {
    const name = properties[i]?.name;
    if (field !== undefined && name !== undefined) fields.set(name, shapeOf(checker, field, known));
  }
  return { kind: 'object', fields };
}

function simpleShape(checker: Checker, type: Type): Shape | undefined {
  if (type.isStringLiteralType() || type.isNumberLiteralType()) return { kind: 'literal', value: type.value };
  const name = checker.typeToString(type);
  switch (name) {
    case 'string':
    case 'number':
    case 'boolean':
      return { kind: name };
    case 'true':
    case 'false':
      return { kind: 'literal', value: name === 'true' };
    default:
      return undefined;
  }
}

/**
 * A value of a shape with every field that it may have, down to `depth`; of a union the member for private chats, else
 * the first.
 */
export function wholeValue(shape: Shape, depth: number): unknown {
  switch (shape.kind) {
    case 'string':
      return 'texto';
    case 'number':
      return 7;
    case 'boolean':
      return false;
    case 'literal':
      return shape.value;
    case 'array':
      return depth === 0 ? [] : [wholeValue(shape.of, depth - 1)];
    case 'union':
      return wholeValue(shape.of.find(isPrivate) ?? shape.of[0] ?? { kind: 'string' }, depth);
    case 'object': {
      const value: Record<string, unknown> = {};
      if (depth > 0) for (const [name, field] of shape.fields) value[name] = wholeValue(field, depth - 1);
      return value;
    }
  }
}

function isPrivate(shape: Shape): boolean {
  const type = shape.kind === 'object' ? shape.fields.get('type') : undefined;
  return type?.kind === 'literal' && type.value === 'private';
}

/** A value with one of its fields spoilt, and where. */
export interface Spoilt {
  path: string;
  value: unknown;
}

/** Each field down to `depth`, in turn, absent, null, empty and of a wrong type. */
export function* spoilt(value: unknown, depth: number, path = ''): Generator<Spoilt> {
  if (depth === 0 || typeof value !== 'object' || value === null) return;
  for (const [name, field] of Object.entries(value)) {
    const at = `${path}${name}`;
    const put = (other: unknown) =>
      Array.isArray(value) ? value.with(Number(name), other) : { ...value, [name]: other };
    const { [name]: _, ...without } = value as Record<string, unknown>;
    if (!Array.isArray(value)) yield { path: `${at} absent`, value: without };
    yield { path: `${at} null`, value: put(null) };
    yield { path: `${at} empty`, value: put(emptyOf(field)) };
    yield { path: `${at} of a wrong type`, value: put(wrongFor(field)) };
    for (const inner of spoilt(field, depth - 1, `${at}.`)) yield { path: inner.path, value: put(inner.value) };
  }
}

function emptyOf(value: unknown): unknown {
  if (Array.isArray(value)) return [];
  if (typeof value === 'object') return {};
  return typeof value === 'string' ? '' : typeof value === 'number' ? 0 : false;
}

function wrongFor(value: unknown): unknown {
  if (Array.isArray(value)) return { length: 3 };
  if (typeof value === 'object') return 'texto';
  return typeof value === 'string' ? 7 : ['texto'];
}
