import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { say } from '../language/say.ts';
import { type Finding, findings } from './finding.ts';

const OTHERS_ANY = 0o007;
const OTHERS_ENTER = 0o001;

/** `.env` and the database hold secrets and people's messages: only the hub's user may read them. */
export async function checkFiles(databasePath: string | undefined): Promise<Finding[]> {
  // Windows knows no such modes.
  if (process.platform === 'win32') return [];
  const paths = databasePath === undefined ? ['.env'] : ['.env', databasePath, `${databasePath}-wal`];
  const found = await Promise.all(paths.map(checkFile));
  return found.filter((one) => one !== undefined);
}

/** @returns undefined if there is no such file: another check reports that */
async function checkFile(path: string): Promise<Finding | undefined> {
  const { ok, fault } = findings('files');
  const mode = await modeOf(path);
  if (mode === undefined) return undefined;
  if ((mode & OTHERS_ANY) === 0 || (await isShutIn(resolve(path)))) return ok(say`Nobody else can read ${path}.`);
  return fault(say`Every user of this machine can read ${path} (mode ${mode.toString(8)}).`, `chmod 600 ${path}`);
}

/** Whether a folder on the way to it lets no others in. */
async function isShutIn(path: string): Promise<boolean> {
  for (let folder = dirname(path); ; folder = dirname(folder)) {
    const mode = await modeOf(folder);
    if (mode !== undefined && (mode & OTHERS_ENTER) === 0) return true;
    if (dirname(folder) === folder) return false;
  }
}

async function modeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    (found) => found.mode & 0o777,
    () => undefined,
  );
}
