import { z } from 'zod';
import { LARGEST_MAX_IN_FLIGHT } from './codes.ts';
import { instructionSchema } from './instruction.ts';
import { REPORTABLE_STATUSES } from './lifecycle.ts';
import { idempotencyKeySchema, pushFields, replySchema } from './push.ts';
import { checkServiceChange, serviceFields, serviceNowSchema } from './service.ts';

/** What a hub says is wrong with a frame or a request. */
export const frameErrorSchema = z.looseObject({
  code: z.string(),
  message: z.string(),
  details: z.array(z.looseObject({ path: z.string(), message: z.string() })).optional(),
});

/** Frames from the hub; unknown fields are ignored. */
export const hubFrameSchema = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('welcome'),
    protocol: z.literal(1),
    session_id: z.uuid(),
    tpv: z.looseObject({ id: z.uuid(), name: z.string() }),
    heartbeat_interval_ms: z.int().positive(),
    max_in_flight: z.int().min(0),
    pending: z.int().min(0),
    server_time: z.iso.datetime({ precision: 3 }),
    /** Absent where the hub is an older one. */
    service: serviceNowSchema.optional(),
  }),
  z.looseObject({ type: z.literal('instruction'), instruction: instructionSchema }),
  z.looseObject({
    type: z.literal('result'),
    ref: z.string(),
    ok: z.boolean(),
    data: z.unknown().optional(),
    error: frameErrorSchema.optional(),
  }),
  z.looseObject({ type: z.literal('revoked'), id: z.uuid(), reason: z.string() }),
  z.looseObject({ type: z.literal('service'), service: serviceNowSchema }),
  z.looseObject({ type: z.literal('error'), error: frameErrorSchema }),
  z.looseObject({ type: z.literal('drain'), reason: z.string(), reconnect_after_ms: z.int().min(0) }),
]);
/** A frame from the hub. */
export type HubFrame = z.infer<typeof hubFrameSchema>;
/** The hub’s frame of this type. */
export type HubFrameOf<T extends HubFrame['type']> = Extract<HubFrame, { type: T }>;

/** Names a frame so that its `result` can be told apart from others. */
export const refSchema = z.string().min(1).max(128);

/** The fields of a report, the same over REST and over the socket. */
export const reportFields = {
  status: z.enum(REPORTABLE_STATUSES),
  response: z.unknown().optional(),
  error_message: z.string().max(4096).optional(),
  /** A message to the person, kept and sent together with the report. */
  reply: replySchema.optional(),
};

/** A report on an instruction. */
export const updateFrameSchema = z.object({
  type: z.literal('update'),
  id: z.string().max(64),
  ref: refSchema.optional(),
  ...reportFields,
});
/** A report on an instruction. */
export type UpdateFrame = z.infer<typeof updateFrameSchema>;

/** How many instructions may be out at once; 0 pauses. */
export const flowFrameSchema = z.object({
  type: z.literal('flow'),
  max_in_flight: z.int().min(0).max(LARGEST_MAX_IN_FLIGHT),
});
/** How many instructions may be out at once; 0 pauses. */
export type FlowFrame = z.infer<typeof flowFrameSchema>;

/** A message to a person. */
export const pushFrameSchema = z.object({
  type: z.literal('push'),
  ref: refSchema,
  idempotency_key: idempotencyKeySchema.optional(),
  ...pushFields,
});
/** A message to a person. */
export type PushFrame = z.infer<typeof pushFrameSchema>;

/** What a TPV says of its service. */
export const serviceFrameSchema = z
  .object({ type: z.literal('service'), ref: refSchema, ...serviceFields })
  .superRefine(checkServiceChange);
/** What a TPV says of its service. */
export type ServiceFrame = z.infer<typeof serviceFrameSchema>;

/** Frames from the TPV. */
export const tpvFrameSchema = z.discriminatedUnion('type', [
  updateFrameSchema,
  pushFrameSchema,
  flowFrameSchema,
  serviceFrameSchema,
]);
/** A frame from a TPV. */
export type TpvFrame = z.infer<typeof tpvFrameSchema>;
/** Every `type` of a frame from a TPV. */
export const TPV_FRAME_TYPES: readonly string[] = ['update', 'push', 'flow', 'service'] satisfies TpvFrame['type'][];
