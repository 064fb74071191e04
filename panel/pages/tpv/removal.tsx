import { useState } from 'preact/hooks';
import type { TpvDetail } from '../../../src/admin/schemas/tpvs.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { notify } from '../../components/toast.tsx';
import { plural } from '../../format.ts';
import { navigate } from '../../router.ts';
import { instructionsWords } from '../../words/instructions.ts';
import { tpvWords } from '../../words/tpv.ts';
import { usersWords } from '../../words/users.ts';

const words = tpvWords.remove;

interface RemovalProps {
  tpv: TpvDetail;
  /** Called when the hub begins, and when it did not do it after all: what is left of it meanwhile is not to be shown. */
  onUnderWay(underWay: boolean): void;
}

/** Deletes a TPV for good, after saying what that hits. */
export function Removal({ tpv, onUnderWay }: RemovalProps) {
  const [asking, setAsking] = useState(false);
  const remove = async () => {
    onUnderWay(true);
    try {
      await send('DELETE', `/api/admin/tpvs/${tpv.id}`);
    } catch (fault) {
      onUnderWay(false);
      throw fault;
    }
    notify(words.done(tpv.name), 'good');
    navigate('/admin/tpvs', { replace: true });
  };
  const people = plural(tpv.user_count, usersWords.person, usersWords.people);
  const waiting = plural(tpv.backlog, instructionsWords.one, instructionsWords.many);
  return (
    <Card title={words.title}>
      <p class="muted">{words.text}</p>
      <p>
        <Button kind="danger" icon="trash" onClick={() => setAsking(true)}>
          {words.open}
        </Button>
      </p>
      {asking ? (
        <ConfirmDialog
          title={words.ask(tpv.name)}
          confirm={words.confirm(tpv.name)}
          danger
          onConfirm={remove}
          onClose={() => setAsking(false)}
        >
          <p>{words.hits(tpv.name, people, waiting)}</p>
          <p>{words.text}</p>
        </ConfirmDialog>
      ) : null}
    </Card>
  );
}
