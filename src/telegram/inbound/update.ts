import { z } from 'zod';

/** The parts of Telegram's objects that the hub reads; all else passes by (core.telegram.org/bots/api). */
const id = z.int();

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

export const messageSchema = z.object({
  message_id: id,
  date: z.int(),
  chat: chatSchema,
  from: userSchema.optional(),
  text: z.string().optional(),
  caption: z.string().optional(),
  media_group_id: z.string().optional(),
  reply_to_message: z.object({ message_id: id }).optional(),
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
});
export type Message = z.infer<typeof messageSchema>;

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
      message: z.object({ message_id: id, reply_markup: keyboardSchema }).optional(),
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
