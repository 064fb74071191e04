import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { SocketElsewhere } from '../cluster/socket-elsewhere.ts';
import { parseJson } from '../db/json-text.ts';
import type { Database } from '../db/open.ts';
import { HubError } from '../errors.ts';
import type { EventSource } from '../events.ts';
import { countsOf } from '../instructions/instruction-counts.ts';
import { probe } from '../instructions/probe.ts';
import type { HandOut } from '../instructions/submit.ts';
import { isoTime } from '../iso-time.ts';
import { editTpv } from '../tpvs/edit.ts';
import { keysOfTpv } from '../tpvs/keys.ts';
import type { Presence } from '../tpvs/presence/presence.ts';
import { registerTpv } from '../tpvs/register.ts';
import { storedService } from '../tpvs/service/service-column.ts';
import { type Tpv, tpvById } from '../tpvs/tpv.ts';
import { type BotUsername, joinLink } from './join-link.ts';
import { record } from './record.ts';
import { createdTpv, newTpv, type TpvDetail, tpvDetail, tpvEdit, tpvParams, tpvTest } from './schemas/tpvs.ts';
import { type ServiceText, serviceOfTpv } from './service-routes.ts';
import { keyAnswerOf, tpvSummaryOf } from './tpv-answer.ts';

/** A TPV's open socket, as the gateway of this process knows it. */
export interface Connection {
  since: number;
  address: string;
  inFlight: number;
  maxInFlight: number;
}

export interface AdminTpvOptions {
  db: Database;
  events: EventSource;
  clock: Clock;
  presence: Presence;
  handOut: HandOut;
  connectionOf(tpvId: string): Connection | undefined;
  /** Where its socket is, if another hub has it. */
  socketElsewhere(tpvId: string): Promise<SocketElsewhere | undefined>;
  botUsername: BotUsername;
  serviceText: ServiceText;
  now(): number;
}

/** How long a test waits for its answer. */
const TEST_PATIENCE_MS = 10_000;

/** TPVs: who they are, how they do, and what an administrator may change of them. */
export async function adminTpvRoutes(instance: FastifyInstance, options: AdminTpvOptions): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db, presence, now } = options;

  app.post(
    '/api/admin/tpvs',
    {
      config: { right: 'change', proven: true },
      schema: { summary: 'Crea un TPV, ya aprobado', body: newTpv, response: { 201: createdTpv } },
    },
    async (request, reply) => {
      const { name, endpoint_url: endpointUrl, max_users: maxUsers } = request.body;
      const registration = { name, endpointUrl, maxUsers, version: '', metadata: {} };
      const tpv = await db.transact(async (tx) => {
        const created = await registerTpv((run) => run(tx), registration, true, now());
        const entry = { action: 'tpv.create', target: { kind: 'tpv', id: created.id, name } } as const;
        await record(tx, options, request, entry);
        return created;
      });
      return reply.code(201).send({ id: tpv.id, api_key: tpv.apiKey, signing_secret: tpv.signingSecret });
    },
  );

  app.get(
    '/api/admin/tpvs/:id',
    {
      config: { right: 'see', reach: 'tpv' },
      schema: { summary: 'Un TPV con todo lo suyo', params: tpvParams, response: { 200: tpvDetail } },
    },
    async (request) => detailOf(await existing(db, request.params.id), options),
  );

  app.patch(
    '/api/admin/tpvs/:id',
    {
      config: { right: 'change' },
      schema: {
        summary: 'Cambia el nombre, la dirección o las plazas de un TPV',
        params: tpvParams,
        body: tpvEdit,
        response: { 200: tpvDetail },
      },
    },
    async (request) => {
      const { id } = request.params;
      const changes = request.body;
      await db.transact(async (tx) => {
        const before = await editTpv(tx, id, changes);
        const target = { kind: 'tpv', id, name: changes.name ?? before.name };
        const details = { before: sameFields(before, changes), after: changes };
        await record(tx, options, request, { action: 'tpv.edit', target, details });
      });
      return detailOf(await existing(db, id), options);
    },
  );

  app.post(
    '/api/admin/tpvs/:id/test',
    {
      config: { right: 'change' },
      schema: {
        summary: 'Envía al TPV una instrucción de prueba y mide su respuesta; espera hasta 10 s',
        params: tpvParams,
        response: { 200: tpvTest },
      },
    },
    async (request) => {
      const tpv = await existing(db, request.params.id);
      if (tpv.is_active !== 1) throw new HubError('tpv_inactive', 'An inactive TPV gets no instructions.');
      const isOnline = presence.isOnline(tpv);
      const ports = {
        ...options,
        record: (tx: Parameters<typeof record>[0]) =>
          record(tx, options, request, { action: 'tpv.test', target: { kind: 'tpv', id: tpv.id, name: tpv.name } }),
      };
      const { instructionId, acknowledgedMs, completedMs } = await probe(
        ports,
        tpv.id,
        isOnline ? TEST_PATIENCE_MS : 0,
      );
      return {
        instruction_id: instructionId,
        outcome:
          acknowledgedMs !== null ? ('answered' as const) : isOnline ? ('no_answer' as const) : ('offline' as const),
        acknowledged_ms: acknowledgedMs,
        completed_ms: completedMs,
      };
    },
  );
}

async function existing(db: Database, id: string): Promise<Tpv> {
  const [tpv] = await db.query(tpvById, { id });
  if (tpv === undefined) throw new HubError('not_found', 'There is no such TPV.');
  return tpv;
}

/** What the changed fields held before. */
function sameFields(tpv: Tpv, changes: z.infer<typeof tpvEdit>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(tpv).filter(([field]) => field in changes));
}

async function detailOf(tpv: Tpv, options: AdminTpvOptions): Promise<TpvDetail> {
  const { db, presence } = options;
  const counts = await countsOf(db, tpv.id);
  const connection = options.connectionOf(tpv.id);
  const elsewhere = connection === undefined ? await options.socketElsewhere(tpv.id) : undefined;
  return {
    ...tpvSummaryOf(tpv, presence, counts.pending, options.now()),
    service: serviceOfTpv(tpv.name, storedService(tpv.service), options),
    metadata: parseJson(tpv.metadata),
    approved_at: tpv.approved_at === null ? null : isoTime(tpv.approved_at),
    keys: (await db.query(keysOfTpv, { tpvId: tpv.id })).map(keyAnswerOf),
    connection:
      connection === undefined
        ? null
        : {
            since: isoTime(connection.since),
            address: connection.address,
            in_flight: connection.inFlight,
            max_in_flight: connection.maxInFlight,
          },
    other_hub: elsewhere === undefined ? null : { name: elsewhere.hub, since: isoTime(elsewhere.since) },
    counts,
    join_url: await joinLink(options, tpv.join_code),
  };
}
