import type { CallbackQueries } from '../callback-queries.ts';
import type { Chats } from '../chats.ts';
import type { Feed } from '../feed.ts';
import type { FileStore } from '../files.ts';
import { type Method, string } from '../params.ts';
import { badRequest } from '../refusal.ts';

interface BotCommand {
  command: string;
  description: string;
}

/** Methods about the bot itself, its files and the presses on its buttons. */
export function botMethods(chats: Chats, files: FileStore, queries: CallbackQueries, feed: Feed) {
  /** By language; those of everybody else without one. */
  const commands = new Map<string, BotCommand[]>();
  return {
    getMe: () => ({
      result: {
        ...chats.bot,
        can_join_groups: true,
        can_read_all_group_messages: false,
        supports_inline_queries: false,
        can_connect_to_business: false,
        has_main_web_app: false,
      },
    }),
    getFile: ({ params }) => ({ result: files.describe(string(params, 'file_id')) }),
    setMyCommands: ({ params }) => {
      commands.set(string(params, 'language_code'), commandsFrom(params.commands));
      return { result: true };
    },
    getMyCommands: ({ params }) => ({ result: commands.get(string(params, 'language_code')) ?? [] }),
    answerCallbackQuery: ({ params }) => {
      const id = string(params, 'callback_query_id');
      const text = string(params, 'text');
      if (text.length > 200) throw badRequest('MESSAGE_TOO_LONG');
      const chatId = queries.answer(id, params);
      const showAlert = params.show_alert === true;
      feed.emit({ kind: 'callback_answered', chatId, callbackQueryId: id, text: text || undefined, showAlert });
      return { result: true };
    },
  } satisfies Record<string, Method>;
}

function commandsFrom(value: unknown): BotCommand[] {
  if (!Array.isArray(value)) throw badRequest("can't parse commands list JSON object");
  if (value.length > 100) throw badRequest('BOT_COMMANDS_TOO_MUCH');
  return value.map(({ command, description }: Record<string, unknown>) => {
    if (typeof command !== 'string' || !/^\/?[a-z0-9_]{1,32}$/.test(command)) throw badRequest('BOT_COMMAND_INVALID');
    if (typeof description !== 'string' || description.length < 1 || description.length > 256) {
      throw badRequest('BOT_COMMAND_DESCRIPTION_INVALID');
    }
    return { command: command.replace(/^\//, ''), description };
  });
}
