import { eraseAgain } from '../rights/erase-again.ts';
import { erasureNotes, erasureNotesFile } from '../rights/erasure-notes.ts';
import type { RightsPorts } from '../rights/rights.ts';
import type { Ground } from './ground.ts';

/**
 * Makes what documents and erasures of people's data need. First it erases again whom a restored copy of the database brought
 * back: that has to come before the hub sends what waits in it.
 */
export async function openRights(
  ground: Pick<Ground, 'config' | 'db' | 'log' | 'now' | 'texts'>,
  uploads: RightsPorts['uploads'],
): Promise<RightsPorts> {
  const ports = {
    db: ground.db,
    uploads,
    notes: erasureNotes(erasureNotesFile(ground.config)),
    textsOf: (languageCode: string) => ground.texts.of(languageCode).privacy,
  };
  await eraseAgain({ ...ground, ...ports });
  return ports;
}
