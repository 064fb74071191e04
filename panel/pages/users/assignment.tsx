import { useState } from 'preact/hooks';
import type { UsersAssigned } from '../../../src/admin/schemas/users.ts';
import { useAction } from '../../action.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { Note } from '../../components/note.tsx';
import { notify } from '../../components/toast.tsx';
import { TpvPicker } from '../../components/tpv-picker.tsx';
import { number, plural } from '../../format.ts';
import { usePreview } from '../../preview.ts';
import { tally } from '../../tally.ts';
import { actions } from '../../words/actions.ts';
import { usersWords } from '../../words/users.ts';

const words = usersWords.assign;
const PATH = '/api/admin/users/assign';
/** As many as the hub takes at once. */
const MOST_AT_ONCE = 500;
/** More names than this are counted instead. */
const MOST_NAMED = 4;

export interface AssignmentProps {
  /** Whom to assign, by Telegram's ids. */
  ids: readonly number[];
  /** What they are called, as far as is known. */
  names: ReadonlyMap<number, string>;
  /** Who serves the one person now. */
  current?: { id: string; name: string } | null;
  onClose(): void;
  onDone(): void;
}

interface Target {
  id: string;
  name: string;
}

/** Assigns one person or many to a TPV, after saying how many will move and who stays, and why. */
export function Assignment({ ids, names, current, onClose, onDone }: AssignmentProps) {
  const [target, setTarget] = useState<Target | undefined>(undefined);
  const tooMany = ids.length > MOST_AT_ONCE;
  const body = (preview: boolean) => ({ telegram_ids: ids, tpv_id: target?.id, preview });
  const wanted = target === undefined || tooMany ? undefined : body(true);
  const { value: preview, error } = usePreview<UsersAssigned>('POST', PATH, wanted);
  const assignment = useAction(async () => {
    const { count } = await send<UsersAssigned>('POST', PATH, body(false));
    notify(words.done(people(count), target?.name ?? ''), 'good');
    onDone();
    onClose();
  });
  const [first = 0] = ids;
  const title =
    ids.length === 1 ? words.titleOne(names.get(first) ?? String(first)) : words.titleMany(people(ids.length));
  const fault = assignment.error ?? error;
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{actions.cancel}</Button>
          <Button
            kind="primary"
            busy={assignment.busy}
            disabled={tooMany || preview === undefined || preview.count === 0}
            onClick={assignment.run}
          >
            {words.confirm}
          </Button>
        </>
      }
    >
      <div class="stack">
        {current === undefined ? null : <p>{current === null ? words.none : words.current(current.name)}</p>}
        {tooMany ? (
          <Note tone="warn">{words.tooMany(number(MOST_AT_ONCE))}</Note>
        ) : (
          <TpvPicker
            label={words.picker}
            value={target?.id}
            activeOnly
            onChange={(id: string | undefined, name: string | undefined) =>
              setTarget(id === undefined ? undefined : { id, name: name ?? id })
            }
          />
        )}
        <div role="status">
          {preview && target ? <Preview preview={preview} tpv={target.name} names={names} /> : null}
        </div>
        {fault ? <ErrorBox error={fault} /> : null}
      </div>
    </Dialog>
  );
}

function Preview({ preview, tpv, names }: { preview: UsersAssigned; tpv: string; names: ReadonlyMap<number, string> }) {
  const who = (skipped: UsersAssigned['skipped']) =>
    skipped.length > MOST_NAMED
      ? people(skipped.length)
      : skipped.map(({ telegram_id: id }) => names.get(id) ?? String(id)).join(', ');
  return (
    <Note tone={preview.count === 0 ? 'warn' : 'info'}>
      <p>{preview.count === 0 ? words.nobody : words.moves(people(preview.count), tpv)}</p>
      {tally(preview.skipped, ({ reason }) => reason).map(([reason, skipped]) => (
        <p key={reason}>{words.skipped(who(skipped), words.reasons[reason])}</p>
      ))}
    </Note>
  );
}

function people(count: number): string {
  return plural(count, usersWords.person, usersWords.people);
}
