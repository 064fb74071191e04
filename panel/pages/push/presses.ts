import { html } from 'htm/preact';
import type { PushDetail } from '../../../src/admin/schemas/pushes.ts';
import { Card } from '../../components/card.ts';
import { Timeline } from '../../components/timeline.ts';
import { milliseconds } from '../../format.ts';
import { pushWords } from '../../words/push.ts';

const words = pushWords.presses;

/** Who pressed a message's buttons, and how fast they were answered. */
export function Presses({ push }: { push: PushDetail }) {
  return html`
    <${Card} title=${words.title}>
      ${
        push.presses.length === 0
          ? html`<p class="muted">${words.none}</p>`
          : html`<${Timeline} label=${words.label} items=${push.presses.map(item)} />`
      }
    <//>
  `;
}

function item({ at, action, answered_at: answered }: PushDetail['presses'][number], index: number) {
  return {
    key: `${at} ${index}`,
    at,
    tone: answered === null ? 'warn' : 'good',
    title: action === '' ? words.pressedOne : words.pressed(action),
    body: answered === null ? words.unanswered : words.answered(milliseconds(Date.parse(answered) - Date.parse(at))),
  };
}
