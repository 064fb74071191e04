import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // What an administrator should look at, while it lasts and for some time after.
  await db.schema
    .createTable('alarms')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('code', 'text', (c) => c.notNull())
    .addColumn('tpv_id', 'text', (c) => c.notNull())
    .addColumn('severity', 'text', (c) => c.notNull())
    .addColumn('since', 'bigint')
    .addColumn('count', 'integer')
    .addColumn('detail', 'text')
    .addColumn('raised_at', 'bigint', (c) => c.notNull())
    .addColumn('told_at', 'bigint')
    .addColumn('ended_at', 'bigint')
    .execute();
  await db.schema
    .createIndex('alarms_open')
    .on('alarms')
    .columns(['code', 'tpv_id'])
    .unique()
    .where(sql.ref('ended_at'), 'is', null)
    .execute();
  await db.schema
    .createIndex('alarms_ended')
    .on('alarms')
    .column('ended_at')
    .where(sql.ref('ended_at'), 'is not', null)
    .execute();

  // Which account's person was told of which alarm, until they were told of its end.
  await db.schema
    .createTable('alarm_notices')
    .addColumn('alarm_id', 'text', (c) => c.notNull().references('alarms.id').onDelete('cascade'))
    .addColumn('admin_id', 'text', (c) => c.notNull().references('admin_users.id').onDelete('cascade'))
    .addColumn('told_at', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('alarm_notices_pk', ['alarm_id', 'admin_id'])
    .execute();
  await db.schema.createIndex('alarm_notices_of_admin').on('alarm_notices').column('admin_id').execute();
  // Of which alarms an account's person hears nothing.
  await db.schema
    .alterTable('admin_users')
    .addColumn('muted_alarms', 'text', (c) => c.notNull().defaultTo('[]'))
    .execute();

  // When nobody is told of alarms, as somebody works on the hub (an empty `tpv_id`) or on a TPV.
  await db.schema
    .createTable('maintenance_windows')
    .addColumn('id', 'text', (c) => c.primaryKey())
    .addColumn('tpv_id', 'text', (c) => c.notNull())
    .addColumn('from_at', 'bigint', (c) => c.notNull())
    .addColumn('until_at', 'bigint', (c) => c.notNull())
    .addColumn('reason', 'text', (c) => c.notNull())
    .addColumn('created_by', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('maintenance_windows_end').on('maintenance_windows').column('until_at').execute();
}
