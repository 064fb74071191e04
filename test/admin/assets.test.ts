import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { request } from 'undici';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { joinModules } from '../../src/admin/join-modules.ts';
import { startHub } from '../support/hub.ts';

/** All that a first visit fetches, compressed. */
const MOST_BYTES = 150 * 1024;

interface Fetched {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

/** As it comes over the wire: nothing is decompressed. */
async function fetchRaw(url: string, headers: Record<string, string> = {}): Promise<Fetched> {
  const answer = await request(url, { headers });
  return { status: answer.statusCode, headers: answer.headers, body: Buffer.from(await answer.body.arrayBuffer()) };
}

/** The addresses of the files that a page names, each once. */
function filesOf(page: string): string[] {
  const urls = [...page.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, url]) => String(url));
  return [...new Set(urls)].filter((url) => url !== '/docs');
}

/** The hub's panel: its page, and every file that it names. */
async function fetchPanel(): Promise<{ url: string; page: string; files: Map<string, Fetched> }> {
  const { url } = await startHub();
  const page = (await fetchRaw(`${url}/admin/`)).body.toString();
  const files = new Map<string, Fetched>();
  for (const path of filesOf(page)) files.set(path, await fetchRaw(url + path));
  return { url, page, files };
}

test('the page is served at every address of the panel, and nowhere else', async () => {
  const { url } = await startHub();
  const page = (await fetchRaw(`${url}/admin/`)).body.toString();
  expect(page).toContain('<div id="panel">');
  for (const path of ['/admin/tpvs', '/admin/tpvs/0199d1aa?x=1', '/admin/configurar', '/admin/nada']) {
    expect((await fetchRaw(url + path)).body.toString()).toBe(page);
  }
  for (const path of ['/admin/x.ts', '/panel/main.ts', '/admin/..%2fassets.ts', '/admin/assets', '/admin/assets/a']) {
    expect((await fetchRaw(url + path)).status, path).toBe(404);
  }
  const bare = await fetchRaw(`${url}/admin`);
  expect([bare.status, bare.headers.location]).toEqual([302, '/admin/']);
  const head = await request(`${url}/admin/`, { method: 'HEAD' });
  expect(head.statusCode).toBe(200);
  expect(await head.body.text()).toBe('');
});

test('the page runs no code of its own, and nobody may frame it (S23)', async () => {
  const { url } = await startHub();
  const { headers, body } = await fetchRaw(`${url}/admin/`);
  const policy = String(headers['content-security-policy']).split(';');
  expect(policy).toEqual(
    expect.arrayContaining([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
    ]),
  );
  expect(String(headers['content-security-policy'])).not.toContain('unsafe');
  expect(headers['x-content-type-options']).toBe('nosniff');
  const page = body.toString();
  expect(page).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
});

test('a first visit takes at most 150 KiB, compressed either way', async () => {
  const { url } = await startHub();
  for (const [encoding, decompress] of [
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const) {
    const headers = { 'accept-encoding': encoding };
    const index = await fetchRaw(`${url}/admin/`, headers);
    const files = filesOf(decompress(index.body).toString());
    expect(files.length).toBeGreaterThan(5);
    let bytes = index.body.length;
    for (const path of files) {
      const file = await fetchRaw(url + path, headers);
      expect(file.headers['content-encoding']).toBe(encoding);
      expect(file.headers.vary).toContain('accept-encoding');
      expect(decompress(file.body)).toEqual((await fetchRaw(url + path)).body);
      bytes += file.body.length;
    }
    expect(bytes).toBeLessThanOrEqual(MOST_BYTES);
  }
});

test('a browser gets only a compression that it takes', async () => {
  const { url } = await startHub();
  const encodingOf = async (accepted: string) =>
    (await fetchRaw(`${url}/admin/`, { 'accept-encoding': accepted })).headers['content-encoding'];
  expect(await encodingOf('gzip, deflate, br;q=0.5')).toBe('br');
  expect(await encodingOf('GZIP')).toBe('gzip');
  expect(await encodingOf('br;q=0, gzip;q=0.0')).toBeUndefined();
  expect(await encodingOf('zstd')).toBeUndefined();
});

test('what a browser has is not sent again, and its address changes with what it holds', async () => {
  const { url } = await startHub();
  const page = await fetchRaw(`${url}/admin/`);
  expect(page.headers['cache-control']).toBe('no-cache');
  const again = await fetchRaw(`${url}/admin/`, { 'if-none-match': `"other", ${page.headers.etag}` });
  expect([again.status, again.body.length]).toEqual([304, 0]);

  const script = filesOf(page.body.toString()).find((path) => path.endsWith('/panel.js')) ?? '';
  const file = await fetchRaw(url + script);
  expect(file.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect((await fetchRaw(url + script, { 'if-none-match': String(file.headers.etag) })).status).toBe(304);
  const ofAnotherVersion = script.replace(/assets\/[^/]+/, 'assets/AAAAAAAAAAAAAAAA');
  const missing = await fetchRaw(url + ofAnotherVersion);
  expect(missing.status).toBe(404);
  expect(missing.headers['cache-control']).toBeUndefined();
});

describe('the files', () => {
  let panel: Awaited<ReturnType<typeof fetchPanel>>;
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'valletpv-assets-'));
    return () => rmSync(directory, { recursive: true, force: true });
  });

  test('are plain JavaScript that imports nothing but each other', async () => {
    panel = await fetchPanel();
    const scripts = [...panel.files].filter(([path]) => path.endsWith('.js'));
    expect(scripts.length).toBeGreaterThan(5);
    const addresses = new Set(scripts.map(([path]) => path));
    for (const [index, [path, { headers, body }]] of scripts.entries()) {
      expect(headers['content-type']).toBe('text/javascript; charset=utf-8');
      const file = join(directory, `${index}.mjs`);
      writeFileSync(file, body);
      // Throws with the place where it doesn't parse.
      execFileSync(process.execPath, ['--check', file], { stdio: 'pipe' });
      const imported = [...body.toString().matchAll(/(?:\bfrom|^import)\s*["']([^"'\s]+)["']/gm)].map(
        ([, name]) => new URL(String(name), new URL(path, panel.url)).pathname,
      );
      expect(imported.filter((address) => !addresses.has(address))).toEqual([]);
    }
  });

  test('come from the hub alone', () => {
    expect(panel.files.size).toBeGreaterThan(5);
    for (const [path, { status, headers, body }] of panel.files) {
      expect(path).toMatch(/^\/admin\/assets\/[\w-]{16}\//);
      expect(status).toBe(200);
      if (path.endsWith('.css')) {
        expect(headers['content-type']).toBe('text/css; charset=utf-8');
        expect(body.toString()).not.toMatch(/@import|url\(/);
      }
      expect(body.toString()).not.toMatch(/\beval\(|new Function\(|sourceMappingURL/);
    }
  });
});

describe('modules put into one', () => {
  const vendor = { preact: './vendor/preact.js' };
  const join = (files: Record<string, string>) => joinModules(new Map(Object.entries(files)), 'main.ts', vendor);

  test('keep their names to themselves, and run after what they import', async () => {
    const directory = mkdtempSync('/tmp/valletpv-modules-');
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const joined = join({
      'main.ts':
        "import {\n  double as twice,\n  x,\n} from './a/b.ts';\nexport const result = twice(x) + 1;\nglobalThis.result = result;",
      'a/b.ts':
        "import { x as base } from '../c.ts';\nexport const x = base + 1;\nexport function double(y) { return 2 * y; }",
      'c.ts': 'export const x = 20;',
      'unused.ts': 'throw new Error();',
    }).replace(/^import .*$/m, '');
    writeFileSync(`${directory}/main.mjs`, `${joined}\nconsole.log(globalThis.result);`);
    expect(execFileSync(process.execPath, [`${directory}/main.mjs`]).toString()).toBe('43\n');
  });

  test('take what packages give from their files', () => {
    const joined = join({ 'main.ts': "import whole from 'preact';\nwhole();" });
    expect(joined).toContain("import * as vendor0 from './vendor/preact.js';");
    expect(joined).toContain('const { default: whole } = vendor0;');
  });

  test('are refused where that would not mean the same', () => {
    const refused = [
      "import * as all from './a.ts';",
      "import './a.ts';",
      'export let x = 1;',
      "export * from './a.ts';",
      'export default 1;',
      "import { x } from './missing.ts';",
      "import { x } from 'unknown';",
    ];
    for (const code of refused) expect(() => join({ 'main.ts': code, 'a.ts': '' }), code).toThrow('main.ts');
  });
});
