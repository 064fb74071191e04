import { sql } from 'kysely';
import { MESSAGE_PRIORITY } from '#protocol';
import type { JsonText } from '../db/json-text.ts';
import { statement } from '../db/statement.ts';

/** The commands of what people write. Presses are answered at their button; the rest comes from no person. */
export const MESSAGE_COMMANDS: readonly string[] = ['process_message', 'process_edited_message'];

/** In this order messages are looked at that no TPV has reported on. */
export const UNTAKEN_STATUSES = ['sent', 'pending'] as const;

/**
 * The TPV of a message to a person, spelled so that no database finds the message by its TPV, whose messages to all its
 * people are many, but by its chat.
 */
const ofTpv = sql<string>`coalesce(m.tpv_id, '')`;

/** A message that no TPV has reported on. */
export interface Untaken {
  id: string;
  seq: number;
  telegram_user_id: number;
  created_at: number;
}

/**
 * A person's silence, if it goes on: its TPV has neither reported on its first message nor written to the person since
 * that came.
 */
export const silenceOf = statement<{ personId: number }>()((db, p) =>
  db
    .selectFrom('silences as s')
    .innerJoin('instructions as first', 'first.id', 's.instruction_id')
    .select(['s.tpv_id', 's.instruction_id', 's.said'])
    .where('s.telegram_id', '=', p('personId'))
    .where('first.delivered_at', 'is', null)
    .where('first.completed_at', 'is', null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('push_messages as m')
            .select('m.id')
            .whereRef('m.chat_id', '=', 's.telegram_id')
            .where((m) => m(ofTpv, '=', m.ref('s.tpv_id')))
            .whereRef('m.created_at', '>=', 'first.created_at'),
        ),
      ),
    ),
);

/** A message by which a TPV has written to a person since a moment. */
export const writtenSince = statement<{ personId: number; tpvId: string; since: number }>()((db, p) =>
  db
    .selectFrom('push_messages as m')
    .select('m.id')
    .where('m.chat_id', '=', p('personId'))
    .where(ofTpv, '=', p('tpvId'))
    .where('m.created_at', '>=', p('since'))
    .limit(1),
);

/** Keeps what was said in a silence; it takes the place of the person's silence before. */
export const keepSilence = statement<{
  personId: number;
  tpvId: string;
  instructionId: string;
  said: JsonText<string[]>;
}>()((db, p) =>
  db
    .insertInto('silences')
    .values({ telegram_id: p('personId'), tpv_id: p('tpvId'), instruction_id: p('instructionId'), said: p('said') })
    .onConflict((c) =>
      c.column('telegram_id').doUpdateSet((eb) => ({
        tpv_id: eb.ref('excluded.tpv_id'),
        instruction_id: eb.ref('excluded.instruction_id'),
        said: eb.ref('excluded.said'),
      })),
    ),
);

/** A page of a TPV's messages that it has not reported on, in the order in which they came. */
export const untakenOf = statement<{
  tpvId: string;
  status: (typeof UNTAKEN_STATUSES)[number];
  after: number;
  limit: number;
}>()((db, p) =>
  db
    .selectFrom('instructions')
    .select(['id', 'seq', 'telegram_user_id', 'created_at', 'delivered_at', 'command'])
    .where('tpv_id', '=', p('tpvId'))
    .where('status', '=', p('status'))
    .where('priority', '=', MESSAGE_PRIORITY)
    .where('seq', '>', p('after'))
    .orderBy('seq')
    .limit(p('limit')),
);

/** Whether the TPV still has not reported on a message, and it is still its. */
export const stillUntaken = statement<{ id: string; tpvId: string }>()((db, p) =>
  db
    .selectFrom('instructions')
    .select('id')
    .where('id', '=', p('id'))
    .where('tpv_id', '=', p('tpvId'))
    .where('delivered_at', 'is', null)
    .where('completed_at', 'is', null),
);
