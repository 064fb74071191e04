import { useState } from 'preact/hooks';
import type { InstructionDetail } from '../../../src/admin/schemas/instructions.ts';
import type { SentTestOrder, TpvDetail } from '../../../src/admin/schemas/tpvs.ts';
import { useAction } from '../../action.ts';
import { at } from '../../address.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Form, FormActions } from '../../components/form.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Note } from '../../components/note.tsx';
import { InstructionBadge } from '../../components/status.tsx';
import { TextField } from '../../components/text-field.tsx';
import { number } from '../../format.ts';
import { useResource } from '../../resource.ts';
import { testOrderWords as words } from '../../words/test-order.ts';
import { ReplyList } from '../instruction/replies.tsx';
import { StoryLine } from '../instruction/story.tsx';
import { Waiting } from '../instruction/waiting.tsx';

/** Telegram's limit. */
const LONGEST = 4_096;

/** Sends a TPV what a customer might write, and shows what happens while it happens. */
export function TestOrder({ tpv }: { tpv: TpvDetail }) {
  const [text, setText] = useState<string>(words.example);
  const [sent, setSent] = useState<string | undefined>(undefined);
  const sending = useAction(async () => {
    const { instruction_id: id } = await send<SentTestOrder>('POST', `/api/admin/tpvs/${tpv.id}/test-order`, {
      text: text.trim(),
    });
    setSent(id);
  });
  return (
    <Card title={words.title}>
      <p class="muted">{words.lead}</p>
      <Form onSubmit={sending.run} error={sending.error} label={words.title}>
        <TextField
          label={words.text}
          value={text}
          onInput={setText}
          hint={words.hint}
          maxLength={LONGEST}
          required
          multiline
          rows={2}
        />
        <FormActions>
          <Button type="submit" icon="send" busy={sending.busy} disabled={text.trim() === ''}>
            {sent === undefined ? words.send : words.sendAgain}
          </Button>
        </FormActions>
      </Form>
      {sent === undefined ? null : <Course key={sent} id={sent} />}
    </Card>
  );
}

/** What becomes of one test order. */
function Course({ id }: { id: string }) {
  const resource = useResource(at('/api/admin/instructions/:id', { id }), { kinds: ['instruction'], ids: [id] });
  return (
    <Loaded resource={resource}>
      {(order) => (
        <div class="stack">
          <div class="row">
            <InstructionBadge status={order.status} />
            <a href={`/admin/instrucciones/${id}`}>{words.story}</a>
          </div>
          <StoryLine steps={order.steps} label={words.steps} />
          {order.waits === null ? null : <Waiting instruction={order} waits={order.waits} />}
          <div role="status">{order.completed_at === null ? null : <Ending order={order} />}</div>
          {order.replies.length === 0 ? null : (
            <section class="stack" aria-label={words.replies}>
              <h3>{words.replies}</h3>
              <ReplyList instruction={order} reload={resource.reload} />
            </section>
          )}
        </div>
      )}
    </Loaded>
  );
}

function Ending({ order }: { order: InstructionDetail }) {
  if (order.status !== 'completed') return <Note tone="bad">{faultOf(order)}</Note>;
  return order.replies.length > 0 ? <Note tone="good">{words.answered}</Note> : <Note tone="warn">{words.silent}</Note>;
}

/** Why it was not completed: the TPV said so, or its time was up. */
function faultOf({ steps, error_message: error, ...order }: InstructionDetail): string {
  const [created = 0, expires = 0, ended = 0] = [order.created_at, order.expires_at, order.completed_at ?? ''].map(
    (time) => Date.parse(time),
  );
  if (ended < expires) return error === '' ? words.failed : words.failedWith(error);
  const seconds = number(Math.round((expires - created) / 1_000));
  if (order.delivered_at !== null) return words.notEnded(seconds);
  return order.sent_at === null ? words.notReached(seconds) : words.notTaken(seconds);
}
