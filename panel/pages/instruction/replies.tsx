import { useEffect } from 'preact/hooks';
import type { InstructionDetail } from '../../../src/admin/schemas/instructions.ts';
import { Card } from '../../components/card.tsx';
import { MessagePreview } from '../../components/message-preview.tsx';
import { PushBadge } from '../../components/status.tsx';
import { onChanges } from '../../live.ts';
import { instructionWords } from '../../words/instruction.ts';

const words = instructionWords.replies;

export interface RepliesProps {
  instruction: Pick<InstructionDetail, 'replies' | 'is_test'>;
  reload(): void;
}

/** What the person gets with the TPV's reports, and whether it arrived. */
export function Replies(props: RepliesProps) {
  return (
    <Card title={props.instruction.is_test ? words.titleOfTest : words.title}>
      <ReplyList {...props} />
    </Card>
  );
}

/** The same, for a card that shows more. */
export function ReplyList({ instruction: { replies, is_test: isTest }, reload }: RepliesProps) {
  const ids = replies.map(({ push_id: id }) => id).join(' ');
  useEffect(
    () =>
      onChanges('push', (changed) => {
        if (changed === 'all' || ids.split(' ').some((id) => changed.has(id))) reload();
      }),
    [ids, reload],
  );
  return (
    <div class="stack">
      {replies.map((reply) => (
        <div class="stack" key={reply.push_id}>
          <MessagePreview message={reply} markup={reply.has_markup} />
          {isTest ? null : (
            <p>
              <PushBadge status={reply.status} />{' '}
              {reply.error_message === '' ? null : <span class="bad-text">{reply.error_message} </span>}
              <a href={`/admin/mensajes/${reply.push_id}`}>{words.see}</a>
            </p>
          )}
        </div>
      ))}
    </div>
  );
}
