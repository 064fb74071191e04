import { z } from 'zod';
import { contentShape } from './content.ts';

/** The parts of Telegram's objects that the hub reads; all else passes by (core.telegram.org/bots/api). */
const id = z.int();

/**
 * Takes the fields that are null out of what was just parsed. Null is absence too: JSON has both, and a gateway before
 * the hub may write either. Once for all fields, as a schema that takes both costs each field that is absent.
 */
export function dropNulls(json: object): void {
  // What JSON holds can be looked at by name.
  const fields = json as Record<string, unknown>;
  for (const name in fields) {
    const field = fields[name];
    if (typeof field !== 'object') continue;
    if (field !== null) dropNulls(field);
    else if (!Array.isArray(json)) delete fields[name];
  }
}

/** A field that says more about a message, which arrives as well without it: one that is wrong is absent. */
function extra<T extends z.ZodType>(schema: T) {
  return schema.optional().catch(undefined);
}

export const userSchema = z.object({
  id,
  is_bot: z.boolean().optional(),
  first_name: z.string(),
  last_name: z.string().optional(),
  username: z.string().optional(),
  language_code: z.string().optional(),
});
export type From = z.infer<typeof userSchema>;

const chatSchema = z.object({ id, type: z.enum(['private', 'group', 'supergroup', 'channel']) });

const fileSchema = z.looseObject({
  file_id: z.string(),
  file_name: z.string().optional(),
  mime_type: z.string().optional(),
  file_size: z.int().optional(),
  width: z.int().optional(),
  height: z.int().optional(),
});
export type TelegramFile = z.infer<typeof fileSchema>;

const nameSchema = z.object({ first_name: z.string(), last_name: z.string().optional() });
const entitiesSchema = z.array(
  z.object({
    type: z.string(),
    offset: z.int(),
    length: z.int(),
    url: z.string().optional(),
    user: extra(nameSchema.extend({ id })),
  }),
);
export type Entities = z.infer<typeof entitiesSchema>;
const quoteSchema = z.object({ text: z.string(), position: z.int(), entities: extra(entitiesSchema) });
const originSchema = z.object({
  type: z.string(),
  date: z.int(),
  sender_user: extra(nameSchema),
  sender_user_name: extra(z.string()),
  sender_chat: extra(z.object({ title: z.string() })),
  chat: extra(z.object({ title: z.string() })),
});
export type Origin = z.infer<typeof originSchema>;

/** Fields that the hub does not read stay: one may be content that no TPV can be given, and its person is told. */
export const messageSchema = z.looseObject({
  message_id: id,
  date: z.int(),
  chat: chatSchema,
  from: userSchema.optional(),
  text: z.string().optional(),
  caption: z.string().optional(),
  media_group_id: z.string().optional(),
  reply_to_message: z.object({ message_id: id }).optional(),
  entities: extra(entitiesSchema),
  caption_entities: extra(entitiesSchema),
  quote: extra(quoteSchema),
  forward_origin: extra(originSchema),
  external_reply: extra(z.object({ origin: originSchema })),
  reply_to_checklist_task_id: extra(z.int()),
  message_thread_id: extra(id),
  is_topic_message: extra(z.boolean()),
  photo: z.array(fileSchema).optional(),
  document: fileSchema.optional(),
  voice: fileSchema.optional(),
  audio: fileSchema.optional(),
  video: fileSchema.optional(),
  video_note: fileSchema.optional(),
  sticker: fileSchema.optional(),
  animation: fileSchema.optional(),
  location: z.looseObject({ latitude: z.number(), longitude: z.number() }).optional(),
  contact: z.looseObject({ phone_number: z.string(), first_name: z.string() }).optional(),
  venue: z.looseObject({ title: z.string(), address: z.string() }).optional(),
  ...contentShape,
});
export type Message = z.infer<typeof messageSchema>;

/** The topic of a chat in which a message stands; undefined: in none. Answers to a message have a thread without one. */
export function topicOf(message: Pick<Message, 'message_thread_id' | 'is_topic_message'>): number | undefined {
  return message.is_topic_message === true ? message.message_thread_id : undefined;
}

/** The buttons of a message; one that Telegram writes in another way has none. */
const keyboardSchema = z
  .object({ inline_keyboard: z.array(z.array(z.object({ callback_data: z.string().optional() }))) })
  .optional()
  .catch(undefined);

export const updateSchema = z.object({
  update_id: z.int().min(0),
  message: messageSchema.optional(),
  edited_message: messageSchema.optional(),
  callback_query: z
    .object({
      id: z.string(),
      from: userSchema,
      message: z
        .object({
          message_id: id,
          reply_markup: keyboardSchema,
          message_thread_id: extra(id),
          is_topic_message: extra(z.boolean()),
        })
        .optional(),
      data: z.string().optional(),
    })
    .optional(),
  my_chat_member: z
    .object({ chat: chatSchema, from: userSchema, new_chat_member: z.object({ status: z.string() }) })
    .optional(),
});
export type Update = z.infer<typeof updateSchema>;

/** The kinds of updates that the hub asks Telegram for. */
export const ALLOWED_UPDATES = ['message', 'edited_message', 'callback_query', 'my_chat_member'] as const;
