import type { ComponentChildren } from 'preact';
import { Icon } from './icon.tsx';

/** A button under a message. */
export interface BubbleButton {
  text: string;
  url: string | null;
  /** Who pressed it, and when; absent: nobody did. */
  pressed?: string | undefined;
}

export interface BubbleProps {
  /** `in`: the person says it; `out`: they are told it. */
  side: 'in' | 'out';
  /** The message's buttons, row by row. */
  buttons?: readonly (readonly BubbleButton[])[];
  /** Small print below: who, when, how it went. */
  meta?: ComponentChildren;
  /** What can be done with it. */
  actions?: ComponentChildren;
  children: ComponentChildren;
}

/** A message as a chat shows it. */
export function Bubble({ side, buttons = [], meta, actions, children }: BubbleProps) {
  return (
    <div class={`bubble bubble-${side}`}>
      <div class="bubble-body">
        {children}
        {meta ? <div class="bubble-meta">{meta}</div> : null}
        {actions ? <div class="bubble-actions">{actions}</div> : null}
      </div>
      {buttons.map((row, index) => (
        <div key={index} class="bubble-buttons">
          {row.map(({ text, pressed }, place) => (
            <span key={place} class={pressed === undefined ? 'bubble-button' : 'bubble-button pressed'} title={pressed}>
              {text}
              {pressed === undefined ? null : (
                <>
                  {' '}
                  <Icon name="check" />
                  <span class="visually-hidden">{pressed}</span>
                </>
              )}
            </span>
          ))}
        </div>
      ))}
    </div>
  );
}
