import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { request } from 'undici';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { panelRoutes } from '../../src/admin/panel-routes.ts';
import { buildApp } from '../../src/api/app.ts';
import { SPANISH } from '../../src/wording/wording.ts';
import { startHub } from '../support/hub.ts';
import { keptLog } from '../support/log.ts';

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
  const elsewhere = [
    '/admin/x.ts',
    '/admin/index.html',
    '/admin/main.tsx',
    '/panel/main.tsx',
    '/admin/..%2fvite.config.ts',
    '/admin/assets',
    '/admin/assets/a',
    '/admin/assets/..%2findex.html',
    '/admin/assets/a/b',
  ];
  for (const path of elsewhere) expect((await fetchRaw(url + path)).status, path).toBe(404);
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
  expect(headers['x-frame-options']).toBe('DENY');
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
    expect(files.length).toBeGreaterThanOrEqual(3);
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

  const script = filesOf(page.body.toString()).find((path) => path.endsWith('.js')) ?? '';
  const file = await fetchRaw(url + script);
  expect(file.headers['cache-control']).toBe('public, max-age=31536000, immutable');
  expect((await fetchRaw(url + script, { 'if-none-match': String(file.headers.etag) })).status).toBe(304);
  const ofAnotherVersion = script.replace(/[\w-]{8}\.js$/, 'AAAAAAAA.js');
  expect(ofAnotherVersion).not.toBe(script);
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
    expect(scripts.length).toBeGreaterThan(0);
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
    expect(panel.files.size).toBeGreaterThanOrEqual(3);
    for (const [path, { status, headers, body }] of panel.files) {
      expect(path).toMatch(/^\/admin\/assets\/\w+-[\w-]{8}\.(js|css|svg)$/);
      expect(status).toBe(200);
      if (path.endsWith('.css')) {
        expect(headers['content-type']).toBe('text/css; charset=utf-8');
        expect(body.toString()).not.toMatch(/@import|url\(/);
      }
      expect(body.toString()).not.toMatch(/\beval\(|new Function\(|sourceMappingURL/);
    }
  });
});

test('where the panel was not built, its pages and the log say how to build it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'valletpv-not-built-'));
  const { log, lines } = keptLog();
  const app = await buildApp({
    logs: { log, access: log, mask: (text) => text, dropped: () => 0, flush: async () => {} },
    trustProxy: '127.0.0.1',
    socketPaths: [],
    wording: SPANISH,
    elapsed: () => performance.now(),
    isCorsOrigin: () => false,
  });
  onTestFinished(async () => {
    await app.close();
    rmSync(folder, { recursive: true });
  });
  await app.register(panelRoutes, { folder });
  const page = await app.inject('/admin/tpvs');
  expect([page.statusCode, page.headers['cache-control']]).toEqual([503, 'no-store']);
  expect(page.body).toContain('npm run build -w panel');
  expect((await app.inject('/admin/assets/index-AAAAAAAA.js')).statusCode).toBe(404);
  expect(lines.map(({ msg }) => msg)).toContainEqual(expect.stringContaining('npm run build -w panel'));
});
