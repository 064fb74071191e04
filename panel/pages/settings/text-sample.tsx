import type { SettingText, TextLanguage } from '../../../src/admin/schemas/texts.ts';
import { Bubble } from '../../components/bubble.tsx';
import { TelegramText } from '../../components/telegram-text.tsx';

/** Whether an administrator emptied the text: then nothing is sent. */
export function isSilent(text: string): boolean {
  return text.trim() === '';
}

export interface TextSampleProps extends Pick<SettingText, 'where'> {
  language: TextLanguage;
  html: string;
}

/** A text where people read it: in a message, over a chat, or on a button. */
export function TextSample({ where, language, html: text }: TextSampleProps) {
  switch (where) {
    case 'message':
    case 'note':
      return (
        <div class="chat-paper" lang={language}>
          <Bubble side="in">
            <TelegramText text={text} markup />
          </Bubble>
        </div>
      );
    case 'press':
      return (
        <div class="chat-paper" lang={language}>
          <p class="press-sample">{text}</p>
        </div>
      );
    case 'button':
      return (
        <div class="chat-paper" lang={language}>
          <span class="bubble-button">{text}</span>
        </div>
      );
    default:
      return where satisfies never;
  }
}
