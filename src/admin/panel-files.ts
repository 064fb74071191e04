import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where `npm run build -w panel` writes. */
export const PANEL_FOLDER = fileURLToPath(new URL('../../panel/dist/', import.meta.url));

export type Encoding = 'br' | 'gzip' | 'identity';

/** A file in memory, ready to be sent. */
export interface PanelFile {
  type: string;
  etag: string;
  bodies: Readonly<Record<Encoding, Buffer>>;
}

export interface PanelFiles {
  /** The page that loads the others. */
  index: PanelFile;
  /** What the page loads, by name. A name changes with what the file holds. */
  assets: ReadonlyMap<string, PanelFile>;
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
};
/** The build writes each file three times: as it is, and compressed in two ways. */
const COMPRESSED = ['.br', '.gz'];

/**
 * Reads the built panel: some 0.4 MB, which change only with the program.
 * @returns undefined where the panel was not built, or not to its end
 */
export async function readPanelFiles(folder: string): Promise<PanelFiles | undefined> {
  try {
    const names = (await readdir(join(folder, 'assets'))).filter((name) => !COMPRESSED.includes(extname(name)));
    const index = await readPanelFile(join(folder, 'index.html'));
    const files = await Promise.all(names.map((name) => readPanelFile(join(folder, 'assets', name))));
    return { index, assets: new Map(files.map((file, at) => [names[at] ?? '', file])) };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function readPanelFile(path: string): Promise<PanelFile> {
  const type = TYPES[extname(path)];
  if (type === undefined) throw new Error(`${path} is of a kind that browsers are not told of here: add it to TYPES.`);
  const [identity, br, gzip] = await Promise.all([readFile(path), readFile(`${path}.br`), readFile(`${path}.gz`)]);
  const digest = createHash('sha256').update(identity).digest('base64url').slice(0, 22);
  // Weak: the same for every compression.
  return { type, etag: `W/"${digest}"`, bodies: { identity, br, gzip } };
}
