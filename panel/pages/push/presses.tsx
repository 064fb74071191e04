import type { PushDetail } from '../../../src/admin/schemas/pushes.ts';
import { Card } from '../../components/card.tsx';
import { Timeline, type TimelineItem } from '../../components/timeline.tsx';
import { milliseconds } from '../../format.ts';
import { pushWords } from '../../words/push.ts';

const words = pushWords.presses;

/** Who pressed a message's buttons, and how fast they were answered. */
export function Presses({ push }: { push: PushDetail }) {
  return (
    <Card title={words.title}>
      {push.presses.length === 0 ? (
        <p class="muted">{words.none}</p>
      ) : (
        <Timeline label={words.label} items={push.presses.map(item)} />
      )}
    </Card>
  );
}

function item({ at, action, answered_at: answered }: PushDetail['presses'][number], index: number): TimelineItem {
  return {
    key: `${at} ${index}`,
    at,
    tone: answered === null ? 'warn' : 'good',
    title: action === '' ? words.pressedOne : words.pressed(action),
    body: answered === null ? words.unanswered : words.answered(milliseconds(Date.parse(answered) - Date.parse(at))),
  };
}
