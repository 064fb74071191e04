import { z } from 'zod';

/** The parts of Telegram's objects that the hub reads; all else passes by (core.telegram.org/bots/api). */
const id = z.int();

/** A field that need not be there. Null is absence too: JSON has both, and a gateway before the hub may write either. */
function given<T extends z.ZodType>(schema: T) {
  return schema.nullish().transform((value) => value ?? undefined);
}

/** A field that says more about a message, which arrives as well without it: one that is wrong is absent. */
function extra<T extends z.ZodType>(schema: T) {
  return schema.optional().catch(undefined);
}

export const userSchema = z.object({
  id,
  is_bot: given(z.boolean()),
  first_name: z.string(),
  last_name: given(z.string()),
  username: given(z.string()),
  language_code: given(z.string()),
});
export type From = z.infer<typeof userSchema>;

const chatSchema = z.object({ id, type: z.enum(['private', 'group', 'supergroup', 'channel']) });

const fileSchema = z.looseObject({
  file_id: z.string(),
  file_name: given(z.string()),
  mime_type: given(z.string()),
  file_size: given(z.int()),
  width: given(z.int()),
  height: given(z.int()),
});
export type TelegramFile = z.infer<typeof fileSchema>;

const entitiesSchema = z.array(
  z.object({ type: z.string(), offset: z.int(), length: z.int(), url: z.string().optional() }),
);
const quoteSchema = z.object({ text: z.string(), position: z.int() });
const originSchema = z.object({
  type: z.string(),
  date: z.int(),
  sender_user: extra(z.object({ first_name: z.string(), last_name: given(z.string()) })),
  sender_user_name: extra(z.string()),
  sender_chat: extra(z.object({ title: z.string() })),
  chat: extra(z.object({ title: z.string() })),
});

/** Content that no TPV is given. */
const unreadShape = {
  checklist: z.unknown().optional(),
  dice: z.unknown().optional(),
  game: z.unknown().optional(),
  paid_media: z.unknown().optional(),
  poll: z.unknown().optional(),
  rich_message: z.unknown().optional(),
  story: z.unknown().optional(),
};
export const UNREAD_CONTENT = Object.keys(unreadShape) as (keyof typeof unreadShape)[];

export const messageSchema = z.object({
  message_id: id,
  date: z.int(),
  chat: chatSchema,
  from: given(userSchema),
  text: given(z.string()),
  caption: given(z.string()),
  media_group_id: given(z.string()),
  reply_to_message: given(z.object({ message_id: id })),
  entities: extra(entitiesSchema),
  caption_entities: extra(entitiesSchema),
  quote: extra(quoteSchema),
  forward_origin: extra(originSchema),
  message_thread_id: extra(id),
  photo: given(z.array(fileSchema)),
  document: given(fileSchema),
  voice: given(fileSchema),
  audio: given(fileSchema),
  video: given(fileSchema),
  video_note: given(fileSchema),
  sticker: given(fileSchema),
  animation: given(fileSchema),
  location: given(z.looseObject({ latitude: z.number(), longitude: z.number() })),
  contact: given(z.looseObject({ phone_number: z.string(), first_name: z.string() })),
  venue: given(z.looseObject({ title: z.string(), address: z.string() })),
  ...unreadShape,
});
export type Message = z.infer<typeof messageSchema>;

/** The buttons of a message; one that Telegram writes in another way has none. */
const keyboardSchema = z
  .object({ inline_keyboard: z.array(z.array(z.object({ callback_data: given(z.string()) }))) })
  .optional()
  .catch(undefined);

export const updateSchema = z.object({
  update_id: z.int().min(0),
  message: given(messageSchema),
  edited_message: given(messageSchema),
  callback_query: given(
    z.object({
      id: z.string(),
      from: userSchema,
      message: given(z.object({ message_id: id, reply_markup: keyboardSchema })),
      data: given(z.string()),
    }),
  ),
  my_chat_member: given(
    z.object({ chat: chatSchema, from: userSchema, new_chat_member: z.object({ status: z.string() }) }),
  ),
});
export type Update = z.infer<typeof updateSchema>;

/** The kinds of updates that the hub asks Telegram for. */
export const ALLOWED_UPDATES = ['message', 'edited_message', 'callback_query', 'my_chat_member'] as const;
