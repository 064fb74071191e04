import { resolve } from 'node:path';
import { HubError } from '../errors.ts';
import { isoTime } from '../iso-time.ts';
import { copiesIn } from '../operations/backup/copies.ts';
import { megabytes } from '../operations/backup/space.ts';
import type { Result } from './command.ts';
import { languageNow, say } from './language/say.ts';
import { localTime } from './local-time.ts';
import { tableOf } from './table.ts';

/**
 * `backup list`: the copies that the hub made by itself.
 * @param dir BACKUP_DIR
 * @param timeZone TIME_ZONE
 * @throws HubError
 */
export async function backupList(dir: string | undefined, timeZone: string): Promise<Result> {
  if (dir === undefined) {
    throw new HubError('invalid_request', say`No copies are made by themselves: set BACKUP_DIR, and restart the hub.`);
  }
  const folder = resolve(dir);
  const copies = await copiesIn(folder);
  const rows = copies.map(({ name, bytes, madeAt }) => [
    name,
    megabytes(bytes, languageNow()),
    localTime(madeAt, timeZone),
  ]);
  return {
    data: { folder, items: copies.map(({ name, bytes, madeAt }) => ({ name, bytes, made_at: isoTime(madeAt) })) },
    text: rows.length === 0 ? say`There is no copy in ${folder} yet.` : tableOf(['name', 'size', 'made at'], rows),
  };
}
