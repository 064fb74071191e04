import { useEffect, useRef, useState } from 'preact/hooks';
import type { UserDetail } from '../../../src/admin/schemas/users.ts';
import { useAction } from '../../action.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { notify } from '../../components/toast.tsx';
import { personName } from '../../format.ts';
import { query, setQuery } from '../../router.ts';
import { userWords } from '../../words/user.ts';

const words = userWords.write;
/** Telegram's limit. */
const LONGEST = 4_096;

interface Sent {
  push_message_id: string;
  status: keyof typeof words.outcomes;
}

/** In the address: whoever comes here wants to write at once. */
export const WRITING = 'escribir';

/** Writes to a person. Enter sends, Shift and Enter starts a new line. */
export function Composer({ user, onSent }: { user: UserDetail; onSent(): void }) {
  const [text, setText] = useState('');
  const box = useRef<HTMLTextAreaElement>(null);
  const writing = query.value.has(WRITING);
  useEffect(() => {
    if (!writing) return;
    box.current?.focus();
    setQuery({ [WRITING]: undefined });
  }, [writing]);
  const sending = useAction(async () => {
    const { status } = await send<Sent>('POST', `/api/admin/users/${user.telegram_id}/messages`, { text: text.trim() });
    notify(words.outcomes[status], status === 'sent' ? 'good' : status === 'pending' ? 'plain' : 'bad');
    setText('');
    onSent();
  });
  const submit = (event?: Event) => {
    event?.preventDefault();
    if (text.trim() !== '') sending.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    // While a character is composed, Enter belongs to the keyboard's own window.
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) submit(event);
  };
  return (
    <form class="composer" onSubmit={submit}>
      {sending.error ? <ErrorBox error={sending.error} /> : null}
      <div class="composer-line">
        <textarea
          ref={box}
          class="composer-text"
          rows={2}
          maxlength={LONGEST}
          aria-label={words.label(personName(user))}
          aria-describedby="composer-hint"
          placeholder={words.placeholder}
          value={text}
          onInput={(event: InputEvent & { currentTarget: HTMLTextAreaElement }) => setText(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <Button kind="primary" type="submit" icon="send" busy={sending.busy}>
          {words.send}
        </Button>
      </div>
      <p id="composer-hint" class="muted">
        {words.hint}
      </p>
    </form>
  );
}
