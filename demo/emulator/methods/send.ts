import { type ChatRecord, type Chats, messageIn } from '../chats.ts';
import type { FileKind, FileStore, StoredFile } from '../files.ts';
import { markupFrom } from '../keyboard.ts';
import type { MessageContent } from '../message.ts';
import { type CallInput, integer, type Method, type Params, string } from '../params.ts';
import { badRequest, type Refusal } from '../refusal.ts';
import { remoteFile } from '../remote-file.ts';
import { formattedText } from '../text/formatted-text.ts';

/** What a bot can seem to do (core.telegram.org/bots/api#sendchataction). */
const CHAT_ACTIONS =
  /^(typing|choose_sticker|find_location|(record|upload)_(video|voice|video_note)|upload_(photo|document))$/;
/** Code points after markup is taken out: an emoji is one. */
const maxTextLength = 4096;
const maxCaptionLength = 1024;
/** Bytes of a text or caption with its markup. */
const maxRawBytes = 32_768;
const maxBytes = { photo: 10 * 1024 * 1024, document: 50 * 1024 * 1024, voice: 50 * 1024 * 1024 } as const;

/** Methods that put a message of the bot into a chat. */
export function sendMethods(chats: Chats, files: FileStore) {
  const send = (params: Params, content: MessageContent) => {
    const record = chats.writable(params.chat_id);
    const markup = markupFrom(params.reply_markup, record.person !== undefined);
    const placed = { ...content, ...replyOf(record, params), ...topicOf(record, params), ...protectionOf(params) };
    const buttons = markup?.kind === 'buttons' ? { reply_markup: markup.keyboard } : {};
    const message = chats.post(record, chats.bot, { ...placed, ...buttons });
    if (markup !== undefined && markup.kind !== 'buttons') {
      record.uneditable.add(message.message_id);
      chats.setKeyboard(record, markup.kind === 'keys' ? markup.keyboard : undefined);
    }
    return { result: message };
  };
  const sendFile = async (input: CallInput, kind: 'photo' | 'document') => {
    const { params } = input;
    const content = captionOf(params);
    chats.writable(params.chat_id);
    const file = await fileFrom(files, input, kind);
    const attachment = kind === 'photo' ? { photo: files.photo(file) } : { document: files.document(file) };
    return send(params, { ...attachment, ...content });
  };
  return {
    sendMessage: ({ params }) => send(params, textOf(params)),
    sendPhoto: (input) => sendFile(input, 'photo'),
    sendDocument: (input) => sendFile(input, 'document'),
    sendLocation: ({ params }) => send(params, { location: locationOf(params) }),
    sendChatAction: ({ params }) => {
      const action = string(params, 'action');
      if (!CHAT_ACTIONS.test(action)) throw badRequest('wrong parameter action in request');
      chats.act(chats.writable(params.chat_id), action);
      return { result: true };
    },
  } satisfies Record<string, Method>;
}

/** A call's text, within Telegram's limits. */
export function textOf(params: Params): MessageContent {
  const { text, entities } = formattedText(params, 'text', 'entities');
  if (text === '') throw badRequest('message text is empty');
  if (isTooLong(params.text, text, maxTextLength)) throw badRequest('message is too long');
  return { text, ...(entities.length === 0 ? {} : { entities }) };
}

/** A call's caption, within Telegram's limits; none where it is empty. */
export function captionOf(params: Params): MessageContent {
  const { text: caption, entities } = formattedText(params, 'caption', 'caption_entities');
  if (isTooLong(params.caption, caption, maxCaptionLength)) throw badRequest('message caption is too long');
  if (caption === '') return {};
  return { caption, ...(entities.length === 0 ? {} : { caption_entities: entities }) };
}

function isTooLong(raw: unknown, text: string, maxCodePoints: number): boolean {
  if (typeof raw === 'string' && Buffer.byteLength(raw) > maxRawBytes) return true;
  // Each takes one or two units: most texts need no counting.
  return text.length > maxCodePoints && [...text].length > maxCodePoints;
}

/** The buttons that an edit brings; none where it has no buttons. */
export function buttonsOf(params: Params): MessageContent {
  const markup = markupFrom(params.reply_markup, true);
  if (markup === undefined) return {};
  if (markup.kind !== 'buttons') throw badRequest('inline keyboard expected');
  return { reply_markup: markup.keyboard };
}

/** In a chat without topics none is found either. */
function topicOf(record: ChatRecord, params: Params): MessageContent {
  const topic = integer(params, 'message_thread_id') ?? 0;
  if (topic === 0) return {};
  if (!record.topics.has(topic)) throw badRequest('message thread not found');
  return { message_thread_id: topic, is_topic_message: true };
}

function protectionOf({ protect_content: isProtected }: Params): MessageContent {
  return isProtected === true ? { has_protected_content: true } : {};
}

function replyOf(record: ChatRecord, params: Params): MessageContent {
  const parameters = typeof params.reply_parameters === 'object' ? params.reply_parameters : null;
  const id = integer({ ...parameters }, 'message_id') ?? integer(params, 'reply_to_message_id');
  if (id === undefined) return {};
  const original = messageIn(record, id);
  if (original !== undefined) {
    // Telegram shows one step back, never a reply's reply.
    const { reply_to_message: _, ...reply_to_message } = original;
    return { reply_to_message };
  }
  const optional = { ...parameters, ...params }.allow_sending_without_reply === true;
  if (optional) return {};
  throw badRequest('message to be replied not found');
}

function locationOf(params: Params): { latitude: number; longitude: number } {
  const { latitude, longitude } = params;
  if (typeof latitude !== 'number' || !(Math.abs(latitude) <= 90)) throw badRequest("can't parse latitude");
  if (typeof longitude !== 'number' || !(Math.abs(longitude) <= 180)) throw badRequest("can't parse longitude");
  return { latitude, longitude };
}

/** The file that a call uploads, or names by its file_id or URL. */
async function fileFrom(files: FileStore, input: CallInput, kind: 'photo' | 'document'): Promise<StoredFile> {
  const uploaded = input.uploads.get(kind);
  if (uploaded !== undefined) {
    const { size } = uploaded.summary;
    if (size === 0) throw badRequest('file must be non-empty');
    if (size > maxBytes[kind]) throw tooBig(size, kind);
    return files.add(kind, uploaded);
  }
  const named = string(input.params, kind);
  if (named === '') throw badRequest(`there is no ${kind} in the request`);
  const known = files.byId(named);
  if (known === undefined) return files.add(kind, await remoteFile(named, kind));
  if (known.kind !== kind) throw badRequest(`can't use file of type ${typeName(known.kind)} as ${typeName(kind)}`);
  return known;
}

function tooBig(size: number, kind: 'photo' | 'document'): Refusal {
  return badRequest(`file of size ${size} bytes is too big for a ${kind}; the maximum size is ${maxBytes[kind]} bytes`);
}

function typeName(kind: FileKind): string {
  return kind === 'voice' ? 'VoiceNote' : kind === 'photo' ? 'Photo' : 'Document';
}
