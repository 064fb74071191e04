import type { Kysely } from 'kysely';
import type { InstructionStatus } from '#protocol';
import { type BulkOutcome, tallyInChunks } from '../db/chunks.ts';
import type { Database, Tx } from '../db/open.ts';
import type { Schema } from '../db/schema.ts';
import type { InstructionRow } from './instruction.ts';
import {
  cancel,
  type Intervention,
  isTooOld,
  moveTo,
  type Obstacle,
  obstacleTo,
  retryInstruction,
} from './intervention.ts';
import type { HandOut } from './submit.ts';

/** The same for many instructions. */
export type BulkRequest =
  | { action: Extract<Intervention, 'retry' | 'cancel'>; ids: readonly string[] }
  | { action: Extract<Intervention, 'reassign'>; ids: readonly string[]; tpvId: string };

export interface Skipped {
  id: string;
  reason: Obstacle | 'not_found' | 'too_old' | 'completed' | 'tpv_unavailable';
}

/** What became of many, and in which states those were to which it could be done. */
export interface BulkTally extends BulkOutcome<Skipped> {
  byStatus: Partial<Record<InstructionStatus, number>>;
}

export interface BulkPorts {
  db: Database;
  handOut: HandOut;
  now(): number;
  /** Writes down what was done, in the same transaction. */
  record(tx: Tx, ids: readonly string[]): Promise<void>;
}

/** Rows changed in one commit: many, and yet few enough that the writes behind it hardly wait. */
const CHUNK = 100;

/** Does it to each that it can be done to; a hub that dies on the way has done whole chunks. */
export async function intervene(ports: BulkPorts, request: BulkRequest): Promise<BulkTally> {
  const byStatus: BulkTally['byStatus'] = {};
  const outcome = await tallyInChunks(request.ids, CHUNK, async (ids) => {
    const { able, skipped } = await ports.db.transact(async (tx) => {
      const now = ports.now();
      const { able, skipped } = await sorted(tx.kysely, request, ids, now);
      for (const row of able) await change(tx, ports, request, row, now);
      if (able.length > 0) {
        await ports.record(
          tx,
          able.map((row) => row.id),
        );
      }
      return { able, skipped };
    });
    count(byStatus, able);
    return { count: able.length, skipped };
  });
  return { ...outcome, byStatus };
}

/** What `intervene` would do now. */
export async function previewIntervention(db: Database, request: BulkRequest, now: number): Promise<BulkTally> {
  const byStatus: BulkTally['byStatus'] = {};
  const outcome = await tallyInChunks(request.ids, CHUNK, async (ids) => {
    const { able, skipped } = await sorted(db.read, request, ids, now);
    count(byStatus, able);
    return { count: able.length, skipped };
  });
  return { ...outcome, byStatus };
}

function count(byStatus: BulkTally['byStatus'], rows: readonly InstructionRow[]): void {
  for (const { status } of rows) byStatus[status] = (byStatus[status] ?? 0) + 1;
}

/** Those to which it can be done, in their order, and the others with the reason why not. */
async function sorted(
  db: Kysely<Schema>,
  request: BulkRequest,
  ids: readonly string[],
  now: number,
): Promise<{ able: InstructionRow[]; skipped: Skipped[] }> {
  const rows = await db.selectFrom('instructions').selectAll().where('id', 'in', ids).orderBy('seq').execute();
  const known = new Set(rows.map((row) => row.id));
  const skipped: Skipped[] = ids.filter((id) => !known.has(id)).map((id) => ({ id, reason: 'not_found' }));
  const able: InstructionRow[] = [];
  const taken = request.action !== 'reassign' || (await isActive(db, request.tpvId));
  for (const row of rows) {
    const reason = obstacleTo(request.action, row) ?? lateObstacle(row);
    if (reason === undefined) able.push(row);
    else skipped.push({ id: row.id, reason });
  }
  return { able, skipped };

  function lateObstacle(row: InstructionRow): 'too_old' | 'completed' | 'tpv_unavailable' | undefined {
    // A completed instruction is retried only when the administrator chose it alone.
    if (request.action === 'retry' && row.status === 'completed') return 'completed';
    if (request.action === 'retry' && isTooOld(row, now)) return 'too_old';
    return taken ? undefined : 'tpv_unavailable';
  }
}

/** Whether the TPV may be given instructions. */
export async function isActive(db: Kysely<Schema>, tpvId: string): Promise<boolean> {
  const tpv = await db
    .selectFrom('tpv_instances')
    .select('is_active')
    .where('id', '=', tpvId)
    .where('deleted_at', 'is', null)
    .executeTakeFirst();
  return tpv?.is_active === 1;
}

async function change(
  tx: Tx,
  { handOut }: BulkPorts,
  request: BulkRequest,
  row: InstructionRow,
  now: number,
): Promise<void> {
  switch (request.action) {
    case 'retry':
      await retryInstruction(tx, handOut, row, now);
      return;
    case 'cancel':
      await cancel(tx, row.id, now);
      return;
    case 'reassign':
      await moveTo(tx, row, request.tpvId);
      return;
    default:
      request satisfies never;
  }
}
