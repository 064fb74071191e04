import type { PushDetail, PushResolution } from '../../../src/admin/schemas/pushes.ts';
import { useAction } from '../../action.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { ErrorBox } from '../../components/error-box.tsx';
import { Note } from '../../components/note.tsx';
import { notify } from '../../components/toast.tsx';
import { canChange } from '../../session.ts';
import { pushWords } from '../../words/push.ts';

const words = pushWords.resolve;

/** Why nobody knows whether a message arrived, and one press to say what became of it. */
export function ResolveHere({ push, reload }: { push: Pick<PushDetail, 'id'>; reload(): void }) {
  const resolution = useAction(async (as: PushResolution['as']) => {
    const body: PushResolution = { as };
    await send('POST', `/api/admin/pushes/${push.id}/resolve`, body);
    notify(words.done, 'good');
    reload();
  });
  return (
    <Note tone="warn" title={words.note}>
      <div class="stack">
        <p>{words.explain}</p>
        {canChange.value ? (
          <dl class="ways">
            {(['sent', 'failed'] as const).map((as) => (
              <div key={as}>
                <dt>
                  <Button size="small" busy={resolution.busy} onClick={() => resolution.run(as)}>
                    {words[as]}
                  </Button>
                </dt>
                <dd>{words[`${as}Hint`]}</dd>
              </div>
            ))}
          </dl>
        ) : null}
        {resolution.error ? <ErrorBox error={resolution.error} /> : null}
      </div>
    </Note>
  );
}
