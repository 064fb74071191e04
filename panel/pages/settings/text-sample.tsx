import type { SettingText } from '../../../src/admin/schemas/settings.ts';
import { Bubble } from '../../components/bubble.tsx';
import { TelegramText } from '../../components/telegram-text.tsx';

/** Whether an administrator emptied the text: then nothing is sent. */
export function isSilent(text: string): boolean {
  return text.trim() === '';
}

/** A text where people read it: in a message, over a chat, or on a button. */
export function TextSample({ where, html: text }: { where: SettingText['where']; html: string }) {
  switch (where) {
    case 'message':
    case 'note':
      return (
        <div class="chat-paper">
          <Bubble side="in">
            <TelegramText text={text} markup />
          </Bubble>
        </div>
      );
    case 'press':
      return (
        <div class="chat-paper">
          <p class="press-sample">{text}</p>
        </div>
      );
    case 'button':
      return (
        <div class="chat-paper">
          <span class="bubble-button">{text}</span>
        </div>
      );
    default:
      return where satisfies never;
  }
}
