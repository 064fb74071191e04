import type { ComponentChildren } from 'preact';
import type { PushMarkup, PushSummary } from '../../src/admin/schemas/pushes.ts';
import { pushWords } from '../words/push.ts';
import { pushesWords } from '../words/pushes.ts';
import { Bubble } from './bubble.tsx';
import { TelegramText } from './telegram-text.tsx';

export interface MessagePreviewProps {
  message: PushMarkup & { kind: PushSummary['kind']; text: string };
  /** Whether Telegram shows its text as HTML. */
  markup: boolean;
  /** Small print below. */
  meta?: ComponentChildren;
}

/** A message to a person as they see it, with its buttons, or the keys that it puts in place of the letters. */
export function MessagePreview({ message: { kind, text, buttons, keyboard }, markup, meta }: MessagePreviewProps) {
  return (
    <>
      <div class="chat-paper">
        <Bubble side="in" buttons={buttons} meta={meta}>
          {kind === 'text' ? null : (
            <p>
              <em>{pushesWords.kinds[kind]}</em>
            </p>
          )}
          {text === '' ? null : <TelegramText text={text} markup={markup} />}
        </Bubble>
      </div>
      {keyboard.length > 0 ? <Keyboard rows={keyboard} /> : null}
    </>
  );
}

function Keyboard({ rows }: { rows: PushMarkup['keyboard'] }) {
  return (
    <>
      <p class="muted">{pushWords.keyboard}</p>
      {rows.map((row, index) => (
        <div key={index} class="bubble-buttons">
          {row.map((text, place) => (
            <span key={place} class="bubble-button">
              {text}
            </span>
          ))}
        </div>
      ))}
    </>
  );
}
