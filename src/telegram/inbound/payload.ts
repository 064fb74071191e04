import { jsonText } from '../../db/json-text.ts';
import type { Submission } from '../../instructions/submit.ts';
import { fieldsOfContent, type PaidMedia, textOfContent } from './content.ts';
import type { Entities, Message, Origin, TelegramFile } from './update.ts';

const FILE_KINDS = ['document', 'voice', 'audio', 'video', 'video_note', 'sticker', 'animation'] as const;

/** Fields of Telegram's file objects that a TPV gets; thumbnails and the like stay here. */
const FILE_FIELDS = [
  'file_id',
  'file_name',
  'mime_type',
  'file_size',
  'duration',
  'width',
  'height',
  'length',
  'emoji',
  'set_name',
  'title',
  'performer',
] as const;
const PLACE_FIELDS = ['latitude', 'longitude', 'horizontal_accuracy', 'live_period', 'heading'] as const;
const CONTACT_FIELDS = ['phone_number', 'first_name', 'last_name', 'user_id', 'vcard'] as const;
const VENUE_FIELDS = ['location', 'title', 'address', 'foursquare_id', 'google_place_id'] as const;

/** A file, a place, a contact or the like that came with a message. */
export type Attachment = { kind: string } & Record<string, unknown>;

/** What a message carries besides text, in the contract's terms (docs/rest.md). */
export function attachmentsOf(message: Message): Attachment[] {
  const found: Attachment[] = [];
  const photo = largest(message.photo);
  if (photo !== undefined) found.push(picked('photo', photo, FILE_FIELDS));
  for (const kind of FILE_KINDS) {
    const file = message[kind];
    // Telegram repeats an animation as a document, for clients that don't know animations.
    if (kind === 'document' && message.animation !== undefined) continue;
    if (file !== undefined) found.push(picked(kind, file, FILE_FIELDS));
  }
  // A venue carries its location itself.
  if (message.venue !== undefined) found.push(picked('venue', message.venue, VENUE_FIELDS));
  else if (message.location !== undefined) found.push(picked('location', message.location, PLACE_FIELDS));
  if (message.contact !== undefined) found.push(picked('contact', message.contact, CONTACT_FIELDS));
  for (const [kind, fields] of fieldsOfContent(message, pickedMedia)) found.push({ kind, ...fields });
  return found;
}

/** A photo or a video that costs stars: its file, unless the bot may not see it. */
function pickedMedia({ type, photo, video }: PaidMedia): Attachment {
  return picked(type, largest(photo) ?? video ?? {}, FILE_FIELDS);
}

type Payload = Submission['payload'];

/** The payload of `process_message`. */
export function messagePayload(message: Message, attachments: readonly Attachment[]): Payload {
  return jsonText<Record<string, unknown>>({
    chat_id: message.chat.id,
    message_id: message.message_id,
    date: message.date,
    text: message.text ?? message.caption ?? textOfContent(message) ?? '',
    first_name: message.from?.first_name ?? '',
    last_name: message.from?.last_name ?? '',
    username: message.from?.username ?? null,
    language_code: message.from?.language_code ?? '',
    attachments,
    reply_to_message_id: message.reply_to_message?.message_id,
    media_group_id: message.media_group_id,
    links: linksOf(entitiesOf(message)),
    mentions: mentionsOf(entitiesOf(message)),
    quote: quoteOf(message),
    forward_from: authorOf(message.forward_origin),
    reply_from: authorOf(message.external_reply?.origin),
    reply_to_checklist_task_id: message.reply_to_checklist_task_id,
    message_thread_id: message.message_thread_id,
  });
}

function entitiesOf({ entities, caption_entities: ofCaption }: Message): Entities | undefined {
  return entities ?? ofCaption;
}

/** Addresses behind words, which the text does not show. */
function linksOf(entities: Entities | undefined): object[] | undefined {
  const links = entities?.flatMap(({ type, offset, length, url }) =>
    type === 'text_link' && url !== undefined ? [{ offset, length, url }] : [],
  );
  return links?.length ? links : undefined;
}

/** Persons behind words: of one without a `@name` the text shows no more than the words. */
function mentionsOf(entities: Entities | undefined): object[] | undefined {
  const mentions = entities?.flatMap(({ type, offset, length, user }) =>
    type === 'text_mention' && user !== undefined
      ? [{ offset, length, telegram_user_id: user.id, name: fullName(user) }]
      : [],
  );
  return mentions?.length ? mentions : undefined;
}

function quoteOf({ quote }: Message): object | undefined {
  return quote && { text: quote.text, position: quote.position, links: linksOf(quote.entities) };
}

/** Who wrote first what is passed on, or replied to from another chat: a person, only a name, or a chat by its title. */
function authorOf(origin: Origin | undefined): object | undefined {
  if (origin === undefined) return undefined;
  const { type, date, sender_user: person, sender_user_name: hidden, sender_chat: group, chat: channel } = origin;
  return { type, name: (person && fullName(person)) ?? hidden ?? (group ?? channel)?.title ?? '', date };
}

function fullName({
  first_name: first,
  last_name: last,
}: {
  first_name: string;
  last_name?: string | undefined;
}): string {
  return [first, last].filter(Boolean).join(' ');
}

/** Telegram sends a photo in several sizes, the smallest first, and need not say how many bytes each has. */
function largest(sizes: readonly TelegramFile[] | undefined): TelegramFile | undefined {
  // Nor need there be any: of nothing there is no largest.
  if (sizes === undefined || sizes.length === 0) return undefined;
  return sizes.reduce((a, b) => (extentOf(b) >= extentOf(a) ? b : a));
}

/** In pixels, which every size of a photo has. */
function extentOf({ width = 0, height = 0 }: TelegramFile): number {
  return width * height;
}

function picked(kind: string, from: Readonly<Record<string, unknown>>, fields: readonly string[]): Attachment {
  const attachment: Attachment = { kind };
  for (const field of fields) if (from[field] !== undefined && from[field] !== null) attachment[field] = from[field];
  return attachment;
}
