import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { circles, importsOf, type SourceFile, sourceFiles, withoutComments } from './support/imports.ts';
import { ROOT } from './support/process.ts';

type Lines = readonly (readonly string[])[];

/**
 * The rooms, read from docs/architecture.md, "Who may import whom": first those of the program, then the client's. A
 * room may import those on the lines above its own, never one on its own line. A room is a folder of src/ (of
 * client-sdk/src/), or a file directly in it.
 */
const [LINES = [], SDK_LINES = []] = linesOf(readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8'));

/** Where time is made, and where processes begin and end. */
const MAY_USE_TIME = ['src/clock.ts', 'src/log/log.ts', 'src/main.ts', 'src/process/serve.ts', 'src/cli/main.ts'];

/** Where what happened is said: by a commit, by the gateway, whose sockets are in no row, and where nothing is kept. */
const MAY_SAY = ['src/db/tx.ts', 'src/gateway/gateway.ts', 'src/hub/outbound.ts'];

const src = sourceFiles(ROOT, 'src');
const sdk = sourceFiles(ROOT, 'client-sdk/src');
const demo = sourceFiles(ROOT, 'demo');
const panel = sourceFiles(ROOT, 'panel');
const migrations = sourceFiles(ROOT, 'migrations');

function linesOf(page: string): Lines[] {
  return [...page.matchAll(/^```rooms\n([\s\S]+?)\n```$/gm)].map(([, block = '']) =>
    block.split('\n').map((line) => line.split(' ')),
  );
}

function roomOf(path: string, lines: Lines): string | undefined {
  const name = path.replace(/\.ts$/, '');
  const rooms = lines.flat().filter((room) => name === room || name.startsWith(`${room}/`));
  return rooms.sort((a, b) => b.length - a.length)[0];
}

/** Imports of rooms that don't stand on a line above. */
function againstTheLines(files: readonly SourceFile[], lines: Lines): string[] {
  const lineOf = (room: string) => lines.findIndex((line) => line.includes(room));
  return offences(files, (to, from) => {
    if (isPackage(to)) return false;
    const [here, there] = [roomOf(from, lines), roomOf(to, lines)];
    if (here === undefined || there === undefined) return true;
    return here !== there && lineOf(there) >= lineOf(here);
  });
}

function isPackage(name: string): boolean {
  return !/^(src|client-sdk|migrations|panel|test|demo)\//.test(name);
}

/** `from → to` for every import that `refused` refuses. */
function offences(files: readonly SourceFile[], refused: (to: string, from: string) => boolean): string[] {
  return files.flatMap(({ path, imports }) =>
    imports.filter((name) => refused(name, path)).map((name) => `${path} → ${name}`),
  );
}

test('the scanner sees every kind of import, and none in a comment', () => {
  const code = [
    "import a, { b } from './a.ts';",
    "import type { C } from './c.ts';",
    "import {\n  d,\n  type E,\n} from './d.ts';",
    "import './effect.ts';",
    "export { f } from './f.ts';",
    "export type * from './g.ts';",
    "const h = await import('./h.ts');",
    "type I = import('./i.ts').I;",
    "// import j from './j.ts';",
    "/* import k from './k.ts'; */",
    "export const text = 'from';",
  ].join('\n');
  const names = ['./a.ts', './c.ts', './d.ts', './effect.ts', './f.ts', './g.ts', './h.ts', './i.ts'];
  expect(importsOf(withoutComments(code)).sort()).toEqual(names);
  expect(src.flatMap(({ imports }) => imports).length).toBeGreaterThan(100);
});

test.each([
  ['src', src, LINES],
  ['client-sdk', sdk, SDK_LINES],
] as const)(
  '%s: every file has its room, and a room imports only rooms on lines above its own',
  (_name, files, lines) => {
    expect(files.map(({ path }) => path).filter((path) => roomOf(path, lines) === undefined)).toEqual([]);
    expect(againstTheLines(files, lines)).toEqual([]);
  },
);

test('the scanner sees circles of files, and of folders that no file closes', () => {
  const file = (path: string, ...imports: string[]): SourceFile => ({ path, code: '', imports });
  const straight = [file('a/one.ts', 'b/two.ts', 'a/x/deep.ts'), file('b/two.ts'), file('a/x/deep.ts', 'a/base.ts')];
  expect(circles([...straight, file('a/base.ts')])).toEqual([]);
  expect(circles([file('a/one.ts', 'a/two.ts'), file('a/two.ts', 'a/one.ts')])).toHaveLength(1);
  expect(circles([file('a/one.ts', 'a/one.ts')])).toHaveLength(1);
  expect(circles([...straight, file('b/three.ts', 'a/base.ts'), file('a/base.ts')])).toEqual([
    ': a → b → a (a/one.ts → b/two.ts, b/three.ts → a/base.ts)',
  ]);
});

test('no file and no folder imports itself in a circle, types included', () => {
  expect(circles([...src, ...sdk, ...demo, ...panel])).toEqual([]);
});

test('the SDK stands alone, and nothing but its protocol needs zod', () => {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'client-sdk/package.json'), 'utf8'));
  const known = [...Object.keys(dependencies), /^node:/];
  const room = 'client-sdk/src/protocol/';
  const withoutZod = ['codes.ts', 'error-codes.ts', 'lifecycle.ts'].map((name) => `${room}${name}`);
  const [protocol, others] = [true, false].map((inside) => sdk.filter(({ path }) => path.startsWith(room) === inside));
  const refused = (to: string) => {
    if (isPackage(to)) return !among(to, known);
    return !to.startsWith('client-sdk/src/') || (to.startsWith(room) && !withoutZod.includes(to));
  };
  expect(offences(others ?? [], refused)).toEqual([]);
  expect(offences(protocol ?? [], (to) => to !== 'zod' && !to.startsWith(room))).toEqual([]);
  const plain = sdk.filter(({ path }) => withoutZod.includes(path));
  expect(plain.map(({ imports }) => imports)).toEqual([[], [], []]);
});

test('the panel knows of the hub only the shapes of its answers', () => {
  const { devDependencies } = JSON.parse(readFileSync(join(ROOT, 'panel/package.json'), 'utf8'));
  const pages = panel.filter(({ path }) => path !== 'panel/vite.config.ts');
  const refused = (to: string) => {
    if (isPackage(to)) return !among(to, Object.keys(devDependencies));
    return !to.startsWith('panel/') && !to.startsWith('src/admin/schemas/');
  };
  expect(pages.filter(({ path }) => path.endsWith('.tsx')).length).toBeGreaterThan(100);
  expect(offences(pages, refused)).toEqual([]);
  // What is more than a type is part of what the browser runs: one file, which brings along nothing else.
  const values = /^import (?!type\b)[^;]*?from '(?:\.\.\/)+src\/admin\/schemas\/(?!telegram-markup\.ts')[^']+';$/m;
  expect(pages.filter(({ code }) => values.test(code)).map(({ path }) => path)).toEqual([]);
  const importsIn = (name: string) => src.find(({ path }) => path === name)?.imports;
  expect(importsIn('src/admin/schemas/telegram-markup.ts')).toEqual(['src/settings/telegram-markup.ts']);
  expect(importsIn('src/settings/telegram-markup.ts')).toEqual([]);
});

test('migrations import Kysely alone', () => {
  expect(offences(migrations, (to) => to !== 'kysely')).toEqual([]);
});

test('packages are those of package.json', () => {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const known = [...Object.keys(dependencies), /^node:/];
  expect(offences(src, (to) => isPackage(to) && !among(to, known))).toEqual([]);
});

test('time comes from the clock, and nothing but the log writes', () => {
  const time = /(?<![.\w])(?:setTimeout|setInterval)\(|\bDate\.now\(|\bnew Date\(\)|['"](?:node:)?timers/;
  const rules = src.filter(({ path }) => !MAY_USE_TIME.includes(path));
  expect(rules.filter(({ code }) => time.test(code)).map(({ path }) => path)).toEqual([]);
  expect(src.filter(({ code }) => /\bconsole\./.test(code)).map(({ path }) => path)).toEqual([]);
});

/** Names of what must not be guessed, and of what is made of it. */
const SECRET = '(?:token|secret|password|passphrase|signature|digest|hash|hmac|(?:api|bot|idempotency)_?key)s?';
/** Comparisons that nobody outside can try: how long they take tells nobody anything. */
const NOBODY_TRIES = [
  // Whether a repeated call says the same as the first.
  'before.body_hash === bodyHash',
  // Both are rows of the database: whether the password was changed meanwhile.
  'current?.password_hash !== account.password_hash',
];
/** What has no value to be compared with one. */
const NO_VALUE = "(?:undefined|null|''|true|false|\\d)";

/** Comparisons of a secret that take the longer the more of it is right. */
function comparedSecrets(code: string): string[] {
  const named = `[\\w.?]*${SECRET}(?:\\([^()]*\\))?`;
  const comparison = new RegExp(
    `${named}\\s*[!=]==?(?!=)\\s*(?!${NO_VALUE})[\\w.]+|(?<!typeof )\\b(?!${NO_VALUE})[\\w.?]+\\s*[!=]==?(?!=)\\s*${named}(?![\\w.])`,
    'gi',
  );
  return [...code.matchAll(comparison)].map(([found]) => found).filter((found) => !NOBODY_TRIES.includes(found));
}

test('what compares secrets by === is found, and nothing else', () => {
  for (const code of [
    'given === expected.token',
    "if (stored === hash('sha256', token)) return;",
    'adminToken !== given',
    'return row.hash == hashApiKey(key)',
    'secret===given',
    'request.csrfToken !== session.csrf_token',
    'api_key === row.api_key',
    'signature !== expected',
  ]) {
    expect([code, comparedSecrets(code).length]).toEqual([code, 1]);
  }
  for (const code of [
    'if (secret === undefined) return;',
    "url.password !== ''",
    'account.totp_secret === null',
    "typeof token === 'string'",
    'before.body_hash === bodyHash',
    'a.length === b.length && timingSafeEqual(a, b)',
    "error.code === 'unauthorized'",
    'tokens.length === 1',
  ]) {
    expect([code, comparedSecrets(code)]).toEqual([code, []]);
  }
});

test('secrets are compared in constant time', () => {
  const wrong = src.flatMap(({ path, code }) => comparedSecrets(code).map((found) => `${path}: ${found}`));
  expect(wrong, 'compare with sameSecret (src/same-secret.ts): === takes the longer the more is right').toEqual([]);
});

test('what happened is said by the commit alone, and only listeners know the events', () => {
  const says = src.filter(({ code }) => /\bevents\.(?:emit|changed)\(/.test(code)).map(({ path }) => path);
  expect(says.sort()).toEqual(MAY_SAY);
  const holds = src.filter(({ code }) => /import (?:type )?\{[^}]*\bEvents\b[^}]*\} from/.test(code));
  expect(holds.map(({ path }) => path)).toEqual(['src/hub/ground.ts', 'src/hub/hub.ts']);
});

/** A package, or a subpath of one. */
function among(name: string, known: readonly (string | RegExp)[]): boolean {
  return known.some((one) => (typeof one === 'string' ? name === one || name.startsWith(`${one}/`) : one.test(name)));
}
