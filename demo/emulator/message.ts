/** Bot API objects, as far as the emulator fills them: https://core.telegram.org/bots/api#available-types */

export interface User {
  id: number;
  is_bot: boolean;
  first_name: string;
  last_name?: string;
  username?: string;
  language_code?: string;
}

export interface Chat {
  id: number;
  type: 'private' | 'group' | 'supergroup' | 'channel';
  first_name?: string;
  last_name?: string;
  username?: string;
  title?: string;
}

export interface MessageEntity {
  type: string;
  /** UTF-16 code units, as `length`. */
  offset: number;
  length: number;
  url?: string;
  language?: string;
  custom_emoji_id?: string;
}

/** A text with its formatting taken out of it. */
export interface FormattedText {
  text: string;
  entities: MessageEntity[];
}

export type ButtonStyle = 'primary' | 'success' | 'danger';

export interface InlineButton {
  text: string;
  style?: ButtonStyle;
  callback_data?: string;
  url?: string;
  copy_text?: { text: string };
  web_app?: { url: string };
}

export interface InlineKeyboard {
  inline_keyboard: InlineButton[][];
}

/** A key of the keyboard in place of the letters: it sends its text, or what it asks for. */
export interface KeyboardKey {
  text: string;
  style?: ButtonStyle;
  request_contact?: true;
  request_location?: true;
  web_app?: { url: string };
}

/** The keyboard that a bot puts in place of the letters; messages of the Bot API don't show it. */
export interface ReplyKeyboard {
  keyboard: KeyboardKey[][];
  one_time_keyboard: boolean;
  resize_keyboard: boolean;
  /** Shown in the empty field; may be empty. */
  input_field_placeholder: string;
}

export interface FileRef {
  file_id: string;
  file_unique_id: string;
  file_size: number;
  file_name?: string;
  mime_type?: string;
}

export interface PhotoSize extends FileRef {
  width: number;
  height: number;
}

export interface Voice extends FileRef {
  duration: number;
}

export interface Location {
  latitude: number;
  longitude: number;
}

export interface Contact {
  phone_number: string;
  first_name: string;
  last_name?: string;
  user_id?: number;
}

/** What a message says, apart from who said it, where and when. */
export interface MessageContent {
  text?: string;
  entities?: MessageEntity[];
  caption?: string;
  caption_entities?: MessageEntity[];
  photo?: PhotoSize[];
  document?: FileRef;
  voice?: Voice;
  location?: Location;
  contact?: Contact;
  web_app_data?: { data: string; button_text: string };
  media_group_id?: string;
  reply_to_message?: Message;
  reply_markup?: InlineKeyboard;
  has_protected_content?: true;
  message_thread_id?: number;
  is_topic_message?: true;
}

export interface Message extends MessageContent {
  message_id: number;
  from?: User;
  chat: Chat;
  /** Unix seconds. */
  date: number;
  edit_date?: number;
}

export interface CallbackQuery {
  id: string;
  from: User;
  message: Message;
  chat_instance: string;
  data: string;
}

/** An update before it has its number: one key (`message`, `callback_query`, ...) and its object. */
export type UpdateContent = Record<string, unknown>;

export type Update = UpdateContent & { update_id: number };
