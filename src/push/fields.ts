import type { ReplyFields } from '#protocol';
import { storable } from '../db/plain-text.ts';
import type { KeyboardKey, PushData, PushOptions, ReplyKeyboard } from '../db/push-tables.ts';
import type { ErrorDetail } from '../errors.ts';
import type { OutboundMessage } from './message.ts';
import type { SavedUpload } from './uploads.ts';

/** What a message says, of the fields that a TPV sent and the file that came with them. */
export function messageOf(fields: ReplyFields, upload: SavedUpload | undefined): OutboundMessage {
  return {
    kind: fields.message_type,
    text: storable(fields.text),
    parseMode: fields.parse_mode,
    data: dataOf(fields, upload),
    disableNotification: fields.disable_notification,
  };
}

function dataOf({ message_type: kind, data }: ReplyFields, upload: SavedUpload | undefined): PushData {
  switch (kind) {
    case 'text':
      return {};
    case 'location': {
      const { latitude, longitude } = data;
      return latitude !== undefined && longitude !== undefined ? { latitude, longitude } : {};
    }
    case 'photo':
    case 'document': {
      if (upload !== undefined) return { file: upload.file };
      const { [`${kind}_url` as const]: url, [`${kind}_file_id` as const]: fileId } = data;
      if (fileId !== undefined) return { file_id: fileId };
      return url === undefined ? {} : { url };
    }
    default:
      return kind satisfies never;
  }
}

/** What of the fields does not go together. */
export function faultsOfFields({ data, ...fields }: ReplyFields): ErrorDetail[] {
  const faults: ErrorDetail[] = [];
  const { keyboard, buttons = [] } = fields;
  // Telegram takes one markup a message.
  if (keyboard !== undefined && buttons.length > 0) {
    faults.push({ path: 'keyboard', message: (say) => say.buttonsOrKeyboard });
  }
  if (keyboard === undefined || keyboard.length === 0) {
    for (const path of ['one_time', 'placeholder'] as const) {
      if (fields[path] !== undefined) faults.push({ path, message: (say) => say.onlyWithKeys });
    }
  }
  for (const kind of ['photo', 'document'] as const) {
    if (data[`${kind}_url`] === undefined || data[`${kind}_file_id`] === undefined) continue;
    faults.push({ path: `data.${kind}_file_id`, message: (say) => say.urlOrFileId(kind) });
  }
  return faults;
}

/** The keyboard in place of the letters that a message brings; undefined: it leaves it as it is. */
export function replyKeyboardOf({ keyboard, one_time: once, placeholder }: ReplyFields): ReplyKeyboard | undefined {
  if (keyboard === undefined) return undefined;
  if (keyboard.length === 0) return { remove_keyboard: true };
  return {
    keyboard: keyboard.map((row) => row.map(keyOf)),
    resize_keyboard: true,
    ...(once === true && { one_time_keyboard: true }),
    ...(placeholder !== undefined && { input_field_placeholder: storable(placeholder) }),
  };
}

function keyOf(key: NonNullable<ReplyFields['keyboard']>[number][number]): KeyboardKey {
  return {
    text: storable(key.text),
    ...(key.style && { style: key.style }),
    ...(key.request_contact && { request_contact: true }),
    ...(key.request_location && { request_location: true }),
    ...(key.web_app !== undefined && { web_app: { url: key.web_app } }),
  };
}

/**
 * How a message stands in its chat; undefined: as any.
 * @param lastTopic in which its person wrote last: it goes there, unless its TPV says otherwise
 */
export function optionsOf(fields: ReplyFields, lastTopic: number | null): PushOptions | undefined {
  const topic = fields.message_thread_id ?? lastTopic ?? 0;
  const options: PushOptions = {
    ...(fields.reply_to_message_id !== undefined && { reply_to: fields.reply_to_message_id }),
    ...(topic !== 0 && { topic }),
    ...(fields.protect_content === true && { protected: true }),
  };
  return Object.keys(options).length > 0 ? options : undefined;
}
