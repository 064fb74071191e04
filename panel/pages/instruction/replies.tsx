import { useEffect } from 'preact/hooks';
import type { InstructionDetail } from '../../../src/admin/schemas/instructions.ts';
import { Bubble } from '../../components/bubble.tsx';
import { Card } from '../../components/card.tsx';
import { PushBadge } from '../../components/status.tsx';
import { TelegramText } from '../../components/telegram-text.tsx';
import { onChanges } from '../../live.ts';
import { instructionWords } from '../../words/instruction.ts';

const words = instructionWords.replies;

/** What the person gets with the TPV's reports, and whether it arrived. */
export function Replies({ replies, reload }: { replies: InstructionDetail['replies']; reload(): void }) {
  const ids = replies.map(({ push_id: id }) => id).join(' ');
  useEffect(
    () =>
      onChanges('push', (changed) => {
        if (changed === 'all' || ids.split(' ').some((id) => changed.has(id))) reload();
      }),
    [ids, reload],
  );
  return (
    <Card title={words.title}>
      <div class="stack">
        {replies.map((reply) => (
          <div class="stack" key={reply.push_id}>
            <div class="chat-paper">
              <Bubble side="in">
                {reply.text === '' ? (
                  <em>{words.noText}</em>
                ) : (
                  <TelegramText text={reply.text} markup={reply.has_markup} />
                )}
              </Bubble>
            </div>
            <p>
              <PushBadge status={reply.status} />{' '}
              {reply.error_message === '' ? null : <span class="bad-text">{reply.error_message} </span>}
              <a href={`/admin/mensajes/${reply.push_id}`}>{words.see}</a>
            </p>
          </div>
        ))}
      </div>
    </Card>
  );
}
