import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  // What a message's file takes of the disk, so that a TPV's files are added up out of an index alone.
  await db.schema.alterTable('push_messages').addColumn('upload_bytes', 'bigint').execute();
  await db.schema
    .createIndex('push_messages_uploads')
    .on('push_messages')
    .columns(['tpv_id', 'status', 'upload_bytes'])
    .where(sql.ref('upload_bytes'), 'is not', null)
    .execute();
  // Registrations that wait for an administrator: they are counted at each new one, and go after a time.
  await db.schema
    .createIndex('tpv_instances_awaiting')
    .on('tpv_instances')
    .column('created_at')
    .where(sql.ref('approved_at'), 'is', null)
    .execute();
}
