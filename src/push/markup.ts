import type { ParseMode } from '../db/push-tables.ts';

/** Telegram's HTML knows these three entities. */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** What MarkdownV2 takes for markup, the backslash included (core.telegram.org/bots/api#markdownv2-style). */
const MARKDOWN_V2 = /[_*[\]()~`>#+\-=|{}.!\\]/g;

/** A plain text so that this markup shows it as it is. */
export function escapedFor(mode: ParseMode, text: string): string {
  switch (mode) {
    case 'HTML':
      return escapeHtml(text);
    case 'MarkdownV2':
      return text.replace(MARKDOWN_V2, '\\$&');
    case 'none':
      return text;
    default:
      return mode satisfies never;
  }
}
