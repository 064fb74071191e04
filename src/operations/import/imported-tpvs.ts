import type { Insertable } from 'kysely';
import { jsonText } from '../../db/json-text.ts';
import type { Database } from '../../db/open.ts';
import type { TpvTable } from '../../db/schema.ts';
import { hashApiKey, type NewApiKey } from '../../tpvs/api-key.ts';
import { endpointColumns } from '../../tpvs/endpoint.ts';
import { addKey, LEAST_IMPORTED_KEY_LENGTH } from '../../tpvs/keys.ts';
import { newJoinCode } from '../../tpvs/register.ts';
import { addSigningSecret } from '../../tpvs/signing-secret.ts';
import { MOST_TPV_NAME_LENGTH } from '../../tpvs/tpv.ts';
import { type DjangoSource, rowsOf } from './django-source.ts';
import { flagOf, isObject, jsonOf, numberOf, textOf, timeOf, uuidOf } from './django-values.ts';
import type { Tally } from './tally.ts';

/** A TPV that people, instructions and buttons may belong to. */
export interface KnownTpv {
  id: string;
  endpointUrl: string;
}

/** The former service's TPVs. */
export interface TpvPlan {
  create: { tpv: Insertable<TpvTable>; key: NewApiKey | undefined }[];
  /** By id: those to create, and those that are there already. */
  known: ReadonlyMap<string, KnownTpv>;
}

const TABLE = 'webhook_tpvinstance';

/** Looks at the TPVs and their keys. A key is only kept together with its TPV: a later one may have been revoked. */
export async function planTpvs(source: DjangoSource, db: Database, tally: Tally, now: number): Promise<TpvPlan> {
  const there = await db.read.selectFrom('tpv_instances').select(['id', 'endpoint_url', 'deleted_at']).execute();
  const hashes = new Set((await db.read.selectFrom('api_keys').select('hash').execute()).map(({ hash }) => hash));
  const known = new Map<string, KnownTpv>();
  for (const row of there) {
    if (row.deleted_at === null) known.set(row.id, { id: row.id, endpointUrl: row.endpoint_url });
  }
  const create: TpvPlan['create'] = [];
  for (const raw of await rowsOf(source, TABLE, `select * from ${TABLE} order by created_at, id`)) {
    const id = uuidOf(raw.id);
    const name = textOf(raw.name).trim().slice(0, MOST_TPV_NAME_LENGTH);
    if (id === undefined) {
      tally.leaveOut('tpvs', `TPV "${name}": its id ${JSON.stringify(textOf(raw.id))} is no UUID.`);
      continue;
    }
    if (there.some((one) => one.id === id)) {
      tally.present('tpvs');
      continue;
    }
    const endpointUrl = textOf(raw.endpoint_url);
    const endpoint = endpointColumns(endpointUrl);
    if (endpoint.endpoint_origin === null) {
      tally.remark(`TPV "${name}": its endpoint_url is no http or https URL; the hub will not call it.`);
    }
    const maxUsers = numberOf(raw.max_users) ?? 0;
    if (maxUsers < 1) tally.remark(`TPV "${name}": max_users is below 1, and becomes 1.`);
    const metadata = jsonOf(raw.metadata);
    const createdAt = timeOf(raw.created_at) ?? now;
    const tpv = {
      id,
      name: name === '' ? id : name,
      ...endpoint,
      is_active: flagOf(raw.is_active) ? 1 : 0,
      max_users: Math.max(1, maxUsers),
      version: textOf(raw.version),
      metadata: jsonText(isObject(metadata) ? metadata : {}),
      join_code: newJoinCode(),
      created_at: createdAt,
      last_heartbeat: timeOf(raw.last_heartbeat) ?? null,
      deleted_at: null,
      // One that was switched off had been let in before.
      approved_at: createdAt,
    };
    create.push({ tpv, key: keyOf(textOf(raw.api_key), name, hashes, tally) });
    known.set(id, { id, endpointUrl });
    tally.create('tpvs');
  }
  return { create, known };
}

function keyOf(key: string, name: string, hashes: Set<string>, tally: Tally): NewApiKey | undefined {
  const why =
    key.length < LEAST_IMPORTED_KEY_LENGTH
      ? `its key has fewer than ${LEAST_IMPORTED_KEY_LENGTH} characters`
      : hashes.has(hashApiKey(key))
        ? 'its key is another TPV’s already'
        : undefined;
  if (why !== undefined) {
    tally.remark(`TPV "${name}": ${why} and is not taken over; give it a new one with "tpv rotate-key".`);
    return undefined;
  }
  const hash = hashApiKey(key);
  hashes.add(hash);
  return { key, hash, prefix: key.slice(0, 8) };
}

export async function createTpvs(db: Database, { create }: TpvPlan, now: number): Promise<void> {
  await db.transact(async (tx) => {
    for (const { tpv, key } of create) {
      await tx.kysely.insertInto('tpv_instances').values(tpv).execute();
      await addSigningSecret(tx, tpv.id, now);
      if (key !== undefined) await addKey(tx, tpv.id, key, now);
    }
  });
}
