import type { ComponentChildren } from 'preact';

export interface BubbleProps {
  /** `in`: the person says it; `out`: they are told it. */
  side: 'in' | 'out';
  /** The message's buttons, row by row. */
  buttons?: readonly (readonly { text: string; url: string | null }[])[];
  /** Small print below: who, when, how it went. */
  meta?: ComponentChildren;
  children: ComponentChildren;
}

/** A message as a chat shows it. */
export function Bubble({ side, buttons = [], meta, children }: BubbleProps) {
  return (
    <div class={`bubble bubble-${side}`}>
      <div class="bubble-body">
        {children}
        {meta ? <div class="bubble-meta">{meta}</div> : null}
      </div>
      {buttons.map((row, index) => (
        <div key={index} class="bubble-buttons">
          {row.map(({ text }, place) => (
            <span key={place} class="bubble-button">
              {text}
            </span>
          ))}
        </div>
      ))}
    </div>
  );
}
