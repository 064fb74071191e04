import { dirname, join } from 'node:path';
import { becomeOnlyHub } from '../../db/hub-lock.ts';
import { HubError } from '../../errors.ts';
import { journalFile } from './program.ts';

/**
 * Keeps other upgrades of this hub away until it is called back, or this process ends in whatever way: they would take
 * for interrupted what is under way.
 * @throws HubError `unavailable` with a sentence
 */
export function becomeOnlyUpgrade(project: string): () => void {
  try {
    return becomeOnlyHub(join(dirname(journalFile(project)), 'upgrade'));
  } catch (cause) {
    if (!(cause instanceof HubError)) throw cause;
    throw new HubError('unavailable', 'Another upgrade of this hub is under way: wait for its end.', { cause });
  }
}
