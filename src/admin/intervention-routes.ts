import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { z } from 'zod';
import type { AuditAction } from '../audit/actions.ts';
import type { Database, Tx } from '../db/open.ts';
import { HubError } from '../errors.ts';
import { type BulkRequest, type BulkTally, intervene, isActive, previewIntervention } from '../instructions/bulk.ts';
import { type InstructionRow, instructionIdOf } from '../instructions/instruction.ts';
import { instructionById } from '../instructions/instruction-store.ts';
import {
  cancel,
  type Intervention,
  moveTo,
  type Obstacle,
  obstacleTo,
  retryInstruction,
} from '../instructions/intervention.ts';
import type { HandOut } from '../instructions/submit.ts';
import { panelOnly, type Sentence } from '../wording/wording.ts';
import { record } from './record.ts';
import {
  adminInstructionParams,
  bulkChange,
  bulkOutcome,
  changedInstruction,
  instructionReassignment,
  retriedInstruction,
} from './schemas/instructions.ts';

export interface AdminInterventionOptions {
  db: Database;
  handOut: HandOut;
  now(): number;
}

const ACTIONS = {
  retry: 'instruction.retry',
  cancel: 'instruction.cancel',
  reassign: 'instruction.reassign',
} as const satisfies Record<Intervention, AuditAction>;

/** What an administrator does to instructions: once more, no more, or by another TPV; one or many. */
export async function adminInterventionRoutes(
  instance: FastifyInstance,
  options: AdminInterventionOptions,
): Promise<void> {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const { db, now } = options;

  app.post(
    '/api/admin/instructions/:id/retry',
    {
      config: { right: 'change', reach: 'instruction' },
      schema: {
        summary: 'Envía otra vez una instrucción terminada, con otro identificador, a quien atiende ahora a la persona',
        params: adminInstructionParams,
        response: { 201: retriedInstruction },
      },
    },
    async (request, reply) => {
      const again = await db.transact(async (tx) => {
        const row = await allowed(tx, 'retry', request.params.id);
        const id = await retryInstruction(tx, options.handOut, row, now());
        const details = { instruction_id: id };
        await record(tx, options, request, { action: ACTIONS.retry, target: targetOf(row), details });
        return id;
      });
      return reply.code(201).send({ instruction_id: again });
    },
  );

  app.post(
    '/api/admin/instructions/:id/cancel',
    {
      config: { right: 'change', reach: 'instruction' },
      schema: {
        summary: 'Cancela una instrucción abierta; a la persona no se le dice nada',
        params: adminInstructionParams,
        response: { 200: changedInstruction },
      },
    },
    async (request) => {
      const id = await db.transact(async (tx) => {
        const row = await allowed(tx, 'cancel', request.params.id);
        if (!(await cancel(tx, row.id, now()))) throw refused('cancel', 'final');
        await record(tx, options, request, { action: ACTIONS.cancel, target: targetOf(row) });
        return row.id;
      });
      return { id, status: 'failed' as const };
    },
  );

  app.post(
    '/api/admin/instructions/:id/reassign',
    {
      config: { right: 'change' },
      schema: {
        summary: 'Da una instrucción abierta a otro TPV; la persona sigue donde está',
        params: adminInstructionParams,
        body: instructionReassignment,
        response: { 200: changedInstruction },
      },
    },
    async (request) => {
      const { tpv_id: tpvId } = request.body;
      return db.transact(async (tx) => {
        const row = await allowed(tx, 'reassign', request.params.id);
        if (!(await isActive(tx.kysely, tpvId))) throw unavailable();
        if (row.tpv_id === tpvId) return { id: row.id, status: row.status };
        if (!(await moveTo(tx, row, tpvId))) throw refused('reassign', 'final');
        const details = { before: row.tpv_id, after: tpvId, ...(await namesOf(tx, row.tpv_id, tpvId)) };
        await record(tx, options, request, { action: ACTIONS.reassign, target: targetOf(row), details });
        return { id: row.id, status: 'pending' as const };
      });
    },
  );

  app.post(
    '/api/admin/instructions/bulk',
    {
      config: { right: 'change' },
      schema: {
        summary: 'Lo mismo con muchas: cuenta las que se puede, y dice por qué no las demás',
        description:
          '«too_old»: al reintentar se omite lo que terminó hace más tiempo del que tenía para hacerse (24 horas los ' +
          'mensajes), y «completed» lo que ya se completó; una a una sí se puede.',
        body: bulkChange,
        response: { 200: bulkOutcome },
      },
    },
    async (request) => {
      const wanted = requestOf(request.body);
      if (request.body.preview) return outcomeOf(await previewIntervention(db, wanted, now()));
      const target = wanted.action === 'reassign' ? { tpv_id: wanted.tpvId } : {};
      const tally = await intervene(
        {
          ...options,
          record: (tx, ids) =>
            record(tx, options, request, { action: ACTIONS[wanted.action], details: { ...target, ids } }),
        },
        wanted,
      );
      return outcomeOf(tally);
    },
  );
}

function outcomeOf({ count, byStatus, skipped }: BulkTally): z.infer<typeof bulkOutcome> {
  return { count, by_status: byStatus, skipped };
}

function requestOf(body: z.infer<typeof bulkChange>): BulkRequest {
  const { action, ids, tpv_id: tpvId } = body;
  if (action !== 'reassign') return { action, ids: ids.map(instructionIdOf) };
  if (tpvId === undefined) throw unavailable();
  return { action, ids: ids.map(instructionIdOf), tpvId };
}

/** The instruction, if this may be done to it. */
async function allowed(tx: Tx, intervention: Intervention, given: string): Promise<InstructionRow> {
  const [row] = await tx.run(instructionById, { id: instructionIdOf(given) });
  if (row === undefined) throw new HubError('not_found', 'There is no such instruction.');
  const obstacle = obstacleTo(intervention, row);
  if (obstacle !== undefined) throw refused(intervention, obstacle);
  return row;
}

/** What the operator reads if it can't be done. */
const WHY_NOT = {
  final: panelOnly('ya terminó', 'has ended already'),
  not_final: panelOnly('todavía no ha terminado', 'has not ended yet'),
  retried: panelOnly(
    'ya se envió otra vez: abre el nuevo, al que lleva «Reintentado como»',
    'was sent again already: open the new one, to which “Tried again as” leads',
  ),
  press: panelOnly(
    'es una pulsación o una prueba: pertenece a su TPV y nadie espera otra respuesta',
    'is a press or a test: it belongs to its TPV, and nobody waits for another answer',
  ),
} as const satisfies Record<Obstacle, Sentence>;

function refused(intervention: Intervention, obstacle: Obstacle): HubError {
  return new HubError('invalid_transition', `An instruction that is ${obstacle} takes no ${intervention}.`, {
    details: [{ path: 'id', message: WHY_NOT[obstacle] }],
  });
}

function unavailable(): HubError {
  return new HubError('invalid_request', 'The TPV can not take the instruction.', {
    details: [
      {
        path: 'tpv_id',
        message: panelOnly('indica un TPV que exista y esté activo', 'name a TPV that exists and is active'),
      },
    ],
  });
}

/** How the TPVs are called, for who reads the audit log. */
async function namesOf(tx: Tx, before: string | null, after: string): Promise<{ from?: string; to?: string }> {
  const ids = before === null ? [after] : [before, after];
  const rows = await tx.kysely.selectFrom('tpv_instances').select(['id', 'name']).where('id', 'in', ids).execute();
  const names = new Map(rows.map(({ id, name }) => [id, name]));
  const from = before === null ? undefined : names.get(before);
  const to = names.get(after);
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

function targetOf(row: InstructionRow) {
  return { kind: 'instruction', id: row.id, name: row.command };
}
