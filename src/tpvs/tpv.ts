import type { Selectable } from 'kysely';
import type { TpvTable } from '../db/schema.ts';
import { statement } from '../db/statement.ts';

/** Limits of a TPV, wherever it is made: over REST, in the panel, on the command line, by the import. */
export const MOST_TPV_NAME_LENGTH = 200;
export const DEFAULT_MAX_USERS = 100;

/** A TPV: one restaurant's point-of-sale server. */
export type Tpv = Selectable<TpvTable>;

/** The TPV with this id, unless it was deleted. */
export const tpvById = statement<{ id: string }>()((db, p) =>
  db.selectFrom('tpv_instances').selectAll().where('id', '=', p('id')).where('deleted_at', 'is', null),
);

/** The TPV whose door shows this code. */
export const tpvByJoinCode = statement<{ code: string }>()((db, p) =>
  db.selectFrom('tpv_instances').selectAll().where('join_code', '=', p('code')).where('deleted_at', 'is', null),
);

export const allTpvs = statement<object>()((db) =>
  db.selectFrom('tpv_instances').selectAll().where('deleted_at', 'is', null).orderBy('id'),
);
