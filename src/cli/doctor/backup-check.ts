import { resolve } from 'node:path';
import type { Config } from '../../config/config.ts';
import { copiesIn } from '../../operations/backup/copies.ts';
import { isOld } from '../../operations/backup/schedule.ts';
import { say } from '../language/say.ts';
import { localTime } from '../local-time.ts';
import { type Finding, findings } from './finding.ts';

/** When the hub made its last copy by itself, and where. */
export async function checkBackup(
  { BACKUP_DIR, TIME_ZONE }: Pick<Config, 'BACKUP_DIR' | 'TIME_ZONE'>,
  now: number,
): Promise<Finding> {
  const { ok, warning } = findings('backup');
  if (BACKUP_DIR === undefined) {
    return warning(say`No copies are made by themselves.`, say`Set BACKUP_DIR=data/backups, and restart the hub.`);
  }
  const folder = resolve(BACKUP_DIR);
  try {
    const newest = (await copiesIn(folder)).find(({ madeAt }) => madeAt <= now);
    if (newest === undefined) {
      const mend = say`A hub that runs makes the first one within minutes; if not, its log says why.`;
      return warning(say`There is no copy in ${folder}.`, mend);
    }
    const what = say`The newest copy was made at ${localTime(newest.madeAt, TIME_ZONE)}: ${newest.name} in ${folder}.`;
    if (!isOld(newest.madeAt, now)) return ok(what);
    return warning(what, say`It is older than 26 hours. If the hub runs, its log says why it made no other one.`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return warning(
      say`The copies can't be looked at (${reason}).`,
      say`Let the user that runs the hub into ${folder}.`,
    );
  }
}
