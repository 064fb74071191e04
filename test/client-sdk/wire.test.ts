import * as fc from 'fast-check';
import { type Arbitrary, assert, constantFrom, oneof, property, record, string, uuid } from 'fast-check';
import { expect, test } from 'vitest';
import type { HubFrame, Instruction, UpdateFrame } from '#hub-client';
import {
  type HubFrame as HubFrameBySchema,
  hubFrameSchema,
  INSTRUCTION_STATUSES,
  type Instruction as InstructionBySchema,
  instructionSchema,
  type UpdateFrame as UpdateFrameBySchema,
} from '#protocol';
import { isHubFrame } from '../../client-sdk/src/wire/frames.ts';
import { isInstruction } from '../../client-sdk/src/wire/instruction.ts';

// The server reads frames by the zod schemas of protocol/, the client by hand: these tests keep the two in step.

const time = fc
  .date({ min: new Date('1971-01-01'), max: new Date('2999-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const orNull = <T>(of: Arbitrary<T>) => oneof(of, fc.constant(null));
const count = fc.maxSafeNat();

const instructions = record({
  id: uuid(),
  command: string({ minLength: 1 }),
  payload: fc.dictionary(string(), fc.jsonValue()),
  status: constantFrom(...INSTRUCTION_STATUSES),
  priority: fc.maxSafeInteger(),
  telegram_user_id: fc.maxSafeInteger(),
  telegram_username: orNull(string()),
  created_at: time,
  sent_at: orNull(time),
  delivered_at: orNull(time),
  completed_at: orNull(time),
  expires_at: time,
  response: fc.jsonValue(),
  error_message: string(),
  retry_count: count,
  mood: string(),
});
const error = record(
  { code: string(), message: string(), details: fc.array(record({ path: string(), message: string() })) },
  { requiredKeys: ['code', 'message'] },
);
const service = record({
  state: constantFrom('open', 'busy', 'paused', 'closed'),
  minutes: orNull(count),
  until: orNull(time),
  reason: orNull(string()),
  opens_at: orNull(time),
  closes_at: orNull(time),
});
const frames: Arbitrary<object> = oneof(
  record({
    type: fc.constant('welcome'),
    protocol: fc.constant(1),
    session_id: uuid(),
    tpv: record({ id: uuid(), name: string() }),
    heartbeat_interval_ms: fc.integer({ min: 1 }),
    max_in_flight: count,
    pending: count,
    server_time: time,
  }),
  record({ type: fc.constant('instruction'), instruction: instructions }),
  record(
    { type: fc.constant('result'), ref: string(), ok: fc.boolean(), data: fc.jsonValue(), error },
    { requiredKeys: ['type', 'ref', 'ok'] },
  ),
  record({ type: fc.constant('revoked'), id: uuid(), reason: string() }),
  record({ type: fc.constant('service'), service }),
  record({ type: fc.constant('error'), error }),
  record({ type: fc.constant('drain'), reason: string(), reconnect_after_ms: count }),
);

/** Values that some field is not; formats (a UUID's or a time's inner shape) are the schemas' affair alone. */
const wrong = oneof(
  fc.constant(undefined),
  fc.constant(null),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  string(),
  fc.constant([]),
  fc.constant({}),
);

/** The same with one field, at any depth but within a payload, that is something else. */
const spoiled = fc.tuple(frames, fc.nat(), fc.boolean(), wrong).map(([frame, pick, deep, value]) => {
  const copy = structuredClone(frame) as Record<string, unknown>;
  const inner = copy.instruction ?? copy.tpv ?? copy.service ?? copy.error;
  const target = deep && inner !== undefined ? (inner as Record<string, unknown>) : copy;
  const names = Object.keys(target);
  target[names[pick % names.length] ?? ''] = value;
  return copy;
});

test('the hand checks take every frame that the schemas take', () => {
  assert(
    property(frames, (frame) => hubFrameSchema.safeParse(frame).success && isHubFrame(frame)),
    { numRuns: 1_000 },
  );
});

test('a spoiled frame is refused by both or taken by both', () => {
  assert(
    property(spoiled, (frame) => {
      expect(isHubFrame(frame)).toBe(hubFrameSchema.safeParse(frame).success);
    }),
    { numRuns: 5_000 },
  );
});

test('whatever JSON comes, both say the same, and neither throws', () => {
  assert(
    property(fc.jsonValue(), (value) => {
      expect(isHubFrame(value)).toBe(hubFrameSchema.safeParse(value).success);
      expect(isInstruction(value)).toBe(instructionSchema.safeParse(value).success);
    }),
    { numRuns: 2_000 },
  );
});

test("the client's types are the schemas' types", () => {
  // The compiler does the checking; nothing is left to be asked at run time.
  const instruction = (one: InstructionBySchema): Instruction => one;
  const back = (one: Instruction): InstructionBySchema => one;
  const frame = (one: HubFrameBySchema): HubFrame => one;
  // A reply's fields are the schema's alone: this client makes them with `answer`.
  const update = (one: Omit<UpdateFrame, 'reply'>): Omit<UpdateFrameBySchema, 'reply'> => one;
  expect([instruction, back, frame, update]).toHaveLength(4);
});
