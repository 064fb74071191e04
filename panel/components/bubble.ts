import { html } from 'htm/preact';

export interface BubbleProps {
  /** `in`: the person says it; `out`: they are told it. */
  side: 'in' | 'out';
  /** The message's buttons, row by row. */
  buttons?: readonly (readonly { text: string; url: string | null }[])[];
  /** Small print below: who, when, how it went. */
  meta?: unknown;
  children: unknown;
}

/** A message as a chat shows it. */
export function Bubble({ side, buttons = [], meta, children }: BubbleProps) {
  return html`
    <div class=${`bubble bubble-${side}`}>
      <div class="bubble-body">${children}${meta ? html`<div class="bubble-meta">${meta}</div>` : null}</div>
      ${buttons.map(
        (row, index) => html`
          <div key=${index} class="bubble-buttons">
            ${row.map(({ text }, place) => html`<span key=${place} class="bubble-button">${text}</span>`)}
          </div>
        `,
      )}
    </div>
  `;
}
