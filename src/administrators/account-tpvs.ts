import type { Database, Tx } from '../db/open.ts';
import { statement } from '../db/statement.ts';
import { HubError } from '../errors.ts';
import { panelOnly } from '../wording/wording.ts';

/** TPVs that one manager can have. */
export const MOST_ACCOUNT_TPVS = 50;

const ofAccount = statement<{ accountId: string }>()((db, p) =>
  db
    .selectFrom('account_tpvs')
    .innerJoin('tpv_instances', 'tpv_instances.id', 'account_tpvs.tpv_id')
    .select(['tpv_instances.id', 'tpv_instances.name'])
    .where('account_tpvs.admin_id', '=', p('accountId'))
    .where('tpv_instances.deleted_at', 'is', null)
    .orderBy('tpv_instances.name')
    .orderBy('tpv_instances.id'),
);

const ofAll = statement<object>()((db) =>
  db
    .selectFrom('account_tpvs')
    .innerJoin('tpv_instances', 'tpv_instances.id', 'account_tpvs.tpv_id')
    .select(['account_tpvs.admin_id', 'tpv_instances.id', 'tpv_instances.name'])
    .where('tpv_instances.deleted_at', 'is', null)
    .orderBy('tpv_instances.name')
    .orderBy('tpv_instances.id'),
);

/** The ids of a manager's TPVs that are not deleted. */
export async function tpvsOfAccount(db: Pick<Database, 'query'>, accountId: string): Promise<string[]> {
  return (await db.query(ofAccount, { accountId })).map(({ id }) => id);
}

/** Their names, within the transaction. */
export async function tpvNamesOfAccount(tx: Tx, accountId: string): Promise<string[]> {
  return (await tx.run(ofAccount, { accountId })).map(({ name }) => name);
}

/** Every manager's TPVs, by the account's id. */
export async function tpvsOfAccounts(
  db: Pick<Database, 'query'>,
): Promise<ReadonlyMap<string, readonly { id: string; name: string }[]>> {
  const rows = await db.query(ofAll, {});
  const byAccount = Map.groupBy(rows, ({ admin_id: accountId }) => accountId);
  return new Map([...byAccount].map(([accountId, tpvs]) => [accountId, tpvs.map(({ id, name }) => ({ id, name }))]));
}

/**
 * Says which TPVs an account has, instead of those before; none for a role that sees everything.
 * @throws HubError `invalid_request` if one does not exist
 */
export async function setAccountTpvs(tx: Tx, accountId: string, tpvIds: readonly string[]): Promise<void> {
  const wanted = [...new Set(tpvIds)];
  await tx.kysely.deleteFrom('account_tpvs').where('admin_id', '=', accountId).execute();
  if (wanted.length > 0) {
    const known = await tx.kysely
      .selectFrom('tpv_instances')
      .select('id')
      .where('id', 'in', wanted)
      .where('deleted_at', 'is', null)
      .execute();
    if (known.length < wanted.length) {
      throw new HubError('invalid_request', 'There is no such TPV.', {
        details: [
          { path: 'tpv_ids', message: panelOnly('incluye un TPV que no existe', 'names a TPV that does not exist') },
        ],
      });
    }
    await tx.kysely
      .insertInto('account_tpvs')
      .values(wanted.map((tpvId) => ({ admin_id: accountId, tpv_id: tpvId })))
      .execute();
  }
  tx.changed('account', accountId);
}
