// The one thing of the hub that the panel runs: its pages read Telegram's HTML by the hub's own rule.
export { type Piece, parseTelegramMarkup, plainOfMarkup } from '../../settings/telegram-markup.ts';
