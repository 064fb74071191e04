import { z } from 'zod';
import { plainText } from '../../db/plain-text.ts';
import { userSummary } from './users.ts';

const timestamp = z.iso.datetime({ precision: 3 });

export const inboxFilters = z.strictObject({
  view: z
    .enum(['waiting', 'failed', 'unanswered'])
    .optional()
    .describe(
      'Con algo en espera; con algo que falló y no se reintentó; o a las que nadie contestó desde que la persona escribió',
    ),
  q: plainText(1, 200).optional().describe('Partes del nombre, del alias o del identificador'),
  tpv_id: z.uuid().optional(),
  assigned: z.enum(['false']).optional(),
});
export type InboxFilters = z.infer<typeof inboxFilters>;

/** A conversation as the inbox lists it. */
export const conversation = z.object({
  user: userSummary,
  at: timestamp.describe(
    'Cuándo escribió o pulsó la persona por última vez; en «waiting» y «failed», cuándo llegó lo que se ve',
  ),
  state: z.enum(['waiting', 'failed', 'unanswered', 'answered']),
  last: z
    .object({
      from: z.enum(['person', 'tpv', 'operator']),
      kind: z.enum(['text', 'photo', 'document', 'location', 'press']),
      text: z.string(),
    })
    .nullable()
    .describe('Lo último que dijo la persona, su TPV o un operador; en «waiting» y «failed», lo que espera o falló'),
  error_message: z.string(),
  unread: z.boolean().describe('La persona escribió desde que esta cuenta la leyó'),
});
export type Conversation = z.infer<typeof conversation>;

export const inbox = z.object({ items: z.array(conversation), next: z.string().nullable() });

export const inboxRead = z.object({ read: z.literal(true) });
