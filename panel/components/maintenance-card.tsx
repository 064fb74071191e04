import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { MaintenanceWindow } from '../../src/admin/schemas/alarms.ts';
import { fieldError, useAction } from '../action.ts';
import { at } from '../address.ts';
import { send } from '../api.ts';
import { useResource } from '../resource.ts';
import { canChange } from '../session.ts';
import { maintenanceWords as words } from '../words/maintenance.ts';
import { Button } from './button.tsx';
import { Card } from './card.tsx';
import { ErrorBox } from './error-box.tsx';
import { Form, FormActions } from './form.tsx';
import { Loaded } from './loaded.tsx';
import { SelectField } from './select-field.tsx';
import { TextField } from './text-field.tsx';
import { Time } from './time.tsx';
import { notify } from './toast.tsx';

const PATH = '/api/admin/maintenance';
const DURATIONS = Object.entries(words.durations).map(([value, label]) => ({ value, label }));
const USUAL_MINUTES = '60';
const MOST_REASON_LENGTH = 200;

export interface MaintenanceCardProps {
  /** Of which alone; absent: of the whole hub. */
  tpv?: { id: string; name: string };
}

/** When nobody is told of alarms, and a form to begin such a time now. */
export function MaintenanceCard({ tpv }: MaintenanceCardProps): VNode {
  const windows = useResource(at(PATH), { kinds: ['setting'] });
  const isShown = (one: MaintenanceWindow) => tpv === undefined || one.tpv === null || one.tpv.id === tpv.id;
  return (
    <Card title={words.title}>
      <p class="muted">{tpv === undefined ? words.lead : words.leadOfTpv(tpv.name)}</p>
      <Loaded resource={windows} rows={1}>
        {({ items }) => <Windows windows={items.filter(isShown)} reload={windows.reload} />}
      </Loaded>
      {canChange.value && <NewWindow tpvId={tpv?.id} reload={windows.reload} />}
    </Card>
  );
}

function Windows({ windows, reload }: { windows: readonly MaintenanceWindow[]; reload: () => void }): VNode {
  const end = useAction(async (id: string) => {
    await send('DELETE', `${PATH}/${id}`);
    notify(words.ended);
    reload();
  });
  return (
    <>
      {end.error && <ErrorBox error={end.error} />}
      <ul class="entries plain-list" aria-label={words.title}>
        {windows.map(({ id, tpv, from, until, reason }) => {
          const what = tpv === null ? words.all : tpv.name;
          return (
            <li key={id} class="entry">
              <span class="entry-text">
                <strong>{what}</strong>
                <small class="muted">
                  {words.from} <Time at={from} exact /> {words.until} <Time at={until} exact />
                  {reason !== '' && ` · ${reason}`}
                </small>
              </span>
              {canChange.value && (
                <Button size="small" label={words.endLabel(what)} busy={end.busy} onClick={() => end.run(id)}>
                  {words.end}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </>
  );
}

function NewWindow({ tpvId, reload }: { tpvId: string | undefined; reload: () => void }): VNode {
  const [minutes, setMinutes] = useState(USUAL_MINUTES);
  const [reason, setReason] = useState('');
  const begin = useAction(async () => {
    await send('POST', PATH, { tpv_id: tpvId ?? null, minutes: Number(minutes), reason });
    setReason('');
    notify(words.begun, 'good');
    reload();
  });
  return (
    <Form label={words.title} error={begin.error} onSubmit={() => begin.run()}>
      <SelectField label={words.lasts} value={minutes} options={DURATIONS} onChange={setMinutes} />
      <TextField
        label={words.reason}
        hint={words.reasonHint}
        value={reason}
        onInput={setReason}
        maxLength={MOST_REASON_LENGTH}
        error={fieldError(begin.error, 'reason')}
      />
      <FormActions>
        <Button type="submit" busy={begin.busy}>
          {words.begin}
        </Button>
      </FormActions>
    </Form>
  );
}
