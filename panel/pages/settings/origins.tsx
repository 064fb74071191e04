import { useState } from 'preact/hooks';
import type { Settings } from '../../../src/admin/schemas/settings.ts';
import { send } from '../../api.ts';
import { Badge } from '../../components/badge.tsx';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Code } from '../../components/code.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { notify } from '../../components/toast.tsx';
import { canChange } from '../../session.ts';
import { settingsWords } from '../../words/settings.ts';
import { NewOrigin } from './new-origin.tsx';

const words = settingsWords.origins;

export interface OriginsProps {
  name: 'cors_allowed_origins' | 'callback_allowed_origins';
  words: { title: string; lead: string };
  setting: Settings['cors_allowed_origins'];
  reload(): void;
}

/** A list of allowed origins: those of the environment stay, others come and go. */
export function Origins({ name, words: own, setting, reload }: OriginsProps) {
  const [removing, setRemoving] = useState<string | undefined>(undefined);
  const save = async (origins: readonly string[], done: string) => {
    await send('PATCH', '/api/admin/settings', { [name]: origins });
    notify(done, 'good');
    reload();
  };
  const added = setting.value.filter((origin) => !setting.fixed.includes(origin));
  return (
    <Card title={own.title}>
      <p class="muted">{own.lead}</p>
      {setting.fixed.length + added.length === 0 ? <p>{words.none}</p> : null}
      <ul class="plain-list" aria-label={own.title}>
        {setting.fixed.map((origin) => (
          <li key={origin} class="origin">
            <Code wrap>{origin}</Code> <Badge tone="plain">{words.fixed}</Badge>
          </li>
        ))}
        {added.map((origin) => (
          <li key={origin} class="origin">
            <Code wrap>{origin}</Code>
            {canChange.value ? (
              <Button
                kind="quiet"
                size="small"
                icon="trash"
                label={words.remove(origin)}
                onClick={() => setRemoving(origin)}
              />
            ) : null}
          </li>
        ))}
      </ul>
      {canChange.value ? (
        <NewOrigin
          label={own.title}
          known={[...setting.fixed, ...setting.value]}
          onAdd={(origin: string) => save([...setting.value, origin], words.added)}
        />
      ) : null}
      {removing === undefined ? null : (
        <ConfirmDialog
          title={words.removeTitle}
          confirm={words.removeConfirm}
          danger
          onConfirm={() =>
            save(
              setting.value.filter((origin) => origin !== removing),
              words.removed,
            )
          }
          onClose={() => setRemoving(undefined)}
        >
          <p>{words.removeText(removing)}</p>
        </ConfirmDialog>
      )}
    </Card>
  );
}
