import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { findPackageJSON, stripTypeScriptTypes } from 'node:module';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parentPort } from 'node:worker_threads';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { joinModules } from './join-modules.ts';

/** A file of the panel as a browser gets it, once for each way to compress it. */
export interface AssetFile {
  path: string;
  type: string;
  identity: Uint8Array;
  br: Uint8Array;
  gzip: Uint8Array;
}

/** All that the panel consists of. */
export interface BuiltAssets {
  /** Changes with any file, so that a file under it may be kept for ever. */
  digest: string;
  files: AssetFile[];
  /** The page that loads the others. */
  index: AssetFile;
}

interface VendorFile {
  path: string;
  package: string;
  file: string;
  /** The package that depends on it, where it is not the hub itself. */
  of?: string;
  /** What makes a whole module of it. */
  append?: string;
}

/** What the panel imports from packages. uPlot's only compact file is a script, a third of its module's size. */
const VENDOR: Readonly<Record<string, VendorFile>> = {
  preact: { path: 'vendor/preact.js', package: 'preact', file: 'dist/preact.mjs' },
  'preact/hooks': { path: 'vendor/preact-hooks.js', package: 'preact', file: 'hooks/dist/hooks.mjs' },
  htm: { path: 'vendor/htm.js', package: 'htm', file: 'dist/htm.module.js' },
  // Its types promise the hooks, too; its module forgot them.
  'htm/preact': {
    path: 'vendor/htm-preact.js',
    package: 'htm',
    file: 'preact/index.module.js',
    append: '\nexport * from "preact/hooks";\n',
  },
  '@preact/signals': { path: 'vendor/signals.js', package: '@preact/signals', file: 'dist/signals.module.js' },
  '@preact/signals-core': {
    path: 'vendor/signals-core.js',
    package: '@preact/signals-core',
    file: 'dist/signals-core.module.js',
    of: '@preact/signals',
  },
  uplot: {
    path: 'vendor/uplot.js',
    package: 'uplot',
    file: 'dist/uPlot.iife.min.js',
    append: '\nexport default uPlot;\n',
  },
};
const UPLOT_STYLES: Omit<VendorFile, 'path'> = { package: 'uplot', file: 'dist/uPlot.min.css' };

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml; charset=utf-8',
  html: 'text/html; charset=utf-8',
};

const PANEL = fileURLToPath(new URL('../../panel/', import.meta.url));
/** More takes ten times as long or a hundred, and saves two percent or ten. */
const BROTLI_QUALITY = 7;

/** Comments with lines of their own; and the blanks that types leave. */
const COMMENT_LINES = /^[ \t]*(?:\/\*\*(?:.|\n)*?\*\/|\/\/.*)[ \t]*\n/gm;
const BLANK_LINES = /(?:[ \t]*\n)+/g;

/** The styles that index.html names, in their order. */
const STYLE = /^ *<link rel="stylesheet" href="\{\{assets\}\}\/(.+)">\n/gm;
/** The imports of a package's module that name another. */
const BARE_IMPORT = /(\bfrom\s*|\bimport\s*\(?\s*)(["'])([a-z@][\w@/-]*)\2/g;

parentPort?.postMessage(buildAssets());

function buildAssets(): BuiltAssets {
  const texts = new Map<string, string>();
  for (const one of Object.values(VENDOR)) texts.set(one.path, rewrite(one.path, vendorText(one)));
  const page = readPanel('index.html');
  texts.set(
    'panel.css',
    [vendorText(UPLOT_STYLES), ...[...page.matchAll(STYLE)].map(([, path]) => readPanel(path))].join('\n'),
  );
  texts.set('panel.js', panelModule());
  texts.set('icon.svg', readPanel('icon.svg'));

  const digest = createHash('sha256')
    .update(JSON.stringify([...texts]))
    .digest('base64url')
    .slice(0, 16);
  const scripts = [...texts.keys()].filter((path) => path.endsWith('.js'));
  // All at once: a browser that finds imports one behind the other takes a round trip for each.
  const links = ['<link rel="stylesheet" href="{{assets}}/panel.css">'].concat(
    scripts.map((path) => `<link rel="modulepreload" href="{{assets}}/${path}">`),
  );
  const index = page
    .replace(STYLE, '')
    .replace('    <!-- links -->', links.map((link) => `    ${link}`).join('\n'))
    .replaceAll('{{assets}}', `/admin/assets/${digest}`);
  return {
    digest,
    files: [...texts].map(([path, text]) => compress(path, text)),
    index: compress('index.html', index),
  };
}

/** The panel's own code, without its types. */
function panelModule(): string {
  const paths = globSync('**/*.ts', { cwd: PANEL }).map((name) => name.replaceAll('\\', '/'));
  const sources = new Map(paths.map((path) => [path, withoutNotes(stripTypeScriptTypes(readPanel(path)))]));
  const vendor = Object.fromEntries(Object.entries(VENDOR).map(([name, { path }]) => [name, `./${path}`]));
  return joinModules(sources, 'main.ts', vendor);
}

/** Leaves out what a phone needn't fetch. The panel's texts and templates begin no line like a comment. */
function withoutNotes(code: string): string {
  return code.replace(COMMENT_LINES, '').replace(BLANK_LINES, '\n');
}

function readPanel(path = ''): string {
  return readFileSync(join(PANEL, path), 'utf8');
}

/** Imports by address instead of by a package's name. */
function rewrite(from: string, code: string): string {
  return code
    .replace(BARE_IMPORT, (whole, before: string, quote: string, name: string) => {
      const vendor = VENDOR[name];
      if (vendor === undefined) return whole;
      return `${before}${quote}./${posix.relative(posix.dirname(from), vendor.path)}${quote}`;
    })
    .replace(/\/\/# sourceMappingURL=\S+\s*$/, '');
}

function vendorText({ package: name, file, of, append = '' }: Omit<VendorFile, 'path'>): string {
  const base = of === undefined ? import.meta.url : manifest(of, import.meta.url);
  return readFileSync(join(dirname(manifest(name, base)), file), 'utf8') + append;
}

function manifest(name: string, base: string): string {
  const path = findPackageJSON(name, base);
  if (path === undefined) throw new Error(`The package ${name} is not installed: run npm install.`);
  return path;
}

function compress(path: string, text: string): AssetFile {
  const type = TYPES[path.slice(path.lastIndexOf('.') + 1)];
  if (type === undefined) throw new Error(`Nobody said what ${path} is.`);
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
  };
  // Copies: a small Buffer is a window on a shared block, which would be sent along whole.
  const identity = new Uint8Array(Buffer.from(text));
  return {
    path,
    type,
    identity,
    br: new Uint8Array(brotliCompressSync(identity, { params })),
    gzip: new Uint8Array(gzipSync(identity, { level: 9 })),
  };
}
