import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Database, Tx } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { isoTime } from '../iso-time.ts';
import { cursorOf, pageQuery } from './page.ts';
import { record } from './record.ts';
import {
  type QuarantinedUpdate,
  type QuarantineRetried,
  quarantineDiscard,
  quarantineDiscarded,
  quarantinedDetail,
  quarantineFilters,
  quarantineList,
  quarantineOutcome,
  quarantineParams,
  quarantineRetried,
} from './schemas/quarantine.ts';

export interface QuarantineOptions {
  db: Database;
  /**
   * Receives an update once more. `done` runs within the transaction in which it takes effect, or stays as it is.
   * @throws HubError `not_found` if it is not put aside (any more)
   */
  retry(seq: number, done: (tx: Tx, retried: QuarantineRetried) => Promise<void>): Promise<QuarantineRetried>;
  now(): number;
}

type Outcome = z.infer<typeof quarantineOutcome>;

/** Bytes of an update that a list shows, and that a page shows of one. */
const EXCERPT_BYTES = 200;
const MOST_BYTES = 1024 * 1024;

const query = z.strictObject({ ...quarantineFilters.shape, ...pageQuery(z.tuple([z.int()])) });

/** Updates from Telegram that became nothing: not understood, or of no use. */
export async function adminQuarantineRoutes(instance: FastifyInstance, options: QuarantineOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db } = options;

  app.get(
    '/api/admin/quarantine',
    {
      config: { right: 'see' },
      schema: {
        summary: 'Actualizaciones de Telegram que no llegaron a ser nada',
        querystring: query,
        response: { 200: quarantineList },
      },
    },
    async (request) => {
      const { limit, cursor, outcome } = request.query;
      const outcomes = outcome === undefined ? quarantineOutcome.options : [outcome];
      // Each has its rows in their order in an index; both together don't.
      const lanes = await Promise.all(outcomes.map((one) => putAside(db, one, cursor?.[0], limit + 1)));
      const rows = lanes.flat().sort((a, b) => b.seq - a.seq);
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      return {
        items: rows.slice(0, limit).map(summaryOf),
        next: last === undefined ? null : cursorOf([last.seq]),
      };
    },
  );

  app.get(
    '/api/admin/quarantine/:seq',
    {
      config: { right: 'see' },
      schema: { summary: 'Una de ellas, como llegó', params: quarantineParams, response: { 200: quarantinedDetail } },
    },
    async (request) => {
      const row = await rowsAside(db, MOST_BYTES).where('seq', '=', request.params.seq).executeTakeFirst();
      if (row === undefined) throw new HubError('not_found', 'No such update is put aside.');
      const excerpt = textOf(row.bytes?.subarray(0, EXCERPT_BYTES) ?? null);
      return { ...summaryOf(row), excerpt, raw: textOf(row.bytes) };
    },
  );

  app.post(
    '/api/admin/quarantine/:seq/retry',
    {
      config: { right: 'change' },
      schema: { summary: 'La recibe otra vez', params: quarantineParams, response: { 200: quarantineRetried } },
    },
    async (request) => {
      const { seq } = request.params;
      const target = { kind: 'update', id: String(seq) };
      return options.retry(seq, (tx, retried) =>
        record(tx, options, request, { action: 'quarantine.retry', target, details: { ...retried } }),
      );
    },
  );

  app.post(
    '/api/admin/quarantine/discard',
    {
      config: { right: 'change' },
      schema: {
        summary: 'Descarta actualizaciones apartadas: se borran y no vuelven',
        body: quarantineDiscard,
        response: { 200: quarantineDiscarded },
      },
    },
    async (request) => {
      const count = await db.transact(async (tx) => {
        const gone = await tx.kysely
          .deleteFrom('telegram_updates')
          .where('seq', 'in', request.body.seqs)
          .where('outcome', 'in', ['kept', 'quarantined'])
          .returning('seq')
          .execute();
        for (const { seq } of gone) {
          const target = { kind: 'update', id: String(seq) } as const;
          await record(tx, options, request, { action: 'quarantine.discard', target });
          tx.changed('update', String(seq));
        }
        return gone.length;
      });
      return { count };
    },
  );
}

type Aside = Awaited<ReturnType<ReturnType<typeof rowsAside>['execute']>>[number];

function putAside(db: Database, outcome: Outcome, after: number | undefined, limit: number): Promise<Aside[]> {
  let rows = rowsAside(db, EXCERPT_BYTES).where('outcome', '=', outcome).orderBy('seq', 'desc').limit(limit);
  if (after !== undefined) rows = rows.where('seq', '<', after);
  return rows.execute();
}

/** @param bytes how much of each update is read: one may have a megabyte */
function rowsAside(db: Database, bytes: number) {
  return (
    db.read
      .selectFrom('telegram_updates')
      .select(['seq', 'update_id', 'kind', 'outcome', 'reason', 'received_at'])
      .select(sql<Uint8Array | null>`substr(raw, 1, ${sql.lit(bytes)})`.as('bytes'))
      // The condition in full: SQLite uses a partial index only if the index's own condition stands in the query.
      .where(sql<boolean>`outcome in ('kept', 'quarantined')`)
  );
}

function summaryOf(row: Aside): QuarantinedUpdate {
  return {
    seq: row.seq,
    update_id: row.update_id,
    kind: row.kind,
    outcome: row.outcome === 'kept' ? 'kept' : 'quarantined',
    reason: row.reason ?? '',
    received_at: isoTime(row.received_at),
    excerpt: textOf(row.bytes),
  };
}

/** Whatever the bytes are; a character that was cut in two is left out. */
function textOf(bytes: Uint8Array | null): string {
  return bytes === null ? '' : new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true });
}
