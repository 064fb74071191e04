import type { Database } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { allTpvs, type Tpv } from '../tpvs/tpv.ts';
import { say } from './language/say.ts';

/** Fewer characters of an id than these are too easily another's. */
const LEAST_ID_LENGTH = 8;

/**
 * The TPV that `given` names: its id, the end of its id, or its name.
 * @throws HubError `not_found` if there is none, or more than one
 */
export async function findTpv(db: Database, given: string): Promise<Tpv> {
  const wanted = given.toLowerCase();
  const found = (await db.query(allTpvs, {})).filter(
    ({ id, name }) =>
      id === wanted || name.toLowerCase() === wanted || (wanted.length >= LEAST_ID_LENGTH && id.endsWith(wanted)),
  );
  const [tpv, ...others] = found;
  if (tpv === undefined) throw new HubError('not_found', say`There is no TPV "${given}": "tpv list" shows them.`);
  if (others.length > 0) throw new HubError('not_found', say`${found.length} TPVs are called "${given}": give the id.`);
  return tpv;
}
