import { useState } from 'preact/hooks';
import type { TpvServiceChange } from '../../../../src/admin/schemas/service.ts';
import type { TpvDetail } from '../../../../src/admin/schemas/tpvs.ts';
import { fieldError, useAction } from '../../../action.ts';
import { send } from '../../../api.ts';
import { Button } from '../../../components/button.tsx';
import { ChoiceField } from '../../../components/choice-field.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { Form, FormActions } from '../../../components/form.tsx';
import { TextField } from '../../../components/text-field.tsx';
import { notify } from '../../../components/toast.tsx';
import { timeZone } from '../../../session.ts';
import { wallTime } from '../../../wall-time.ts';
import { actions } from '../../../words/actions.ts';
import { serviceWords } from '../../../words/service.ts';
import { byDay, DAYS, draftOf, isComplete, type TimetableDraft, timetableOf } from './draft.ts';
import { Exceptions } from './exceptions.tsx';
import { HoursField } from './hours-field.tsx';
import { ServicePreview } from './service-preview.tsx';

const words = serviceWords.editor;
const KINDS = [
  { value: 'always', label: words.always },
  { value: 'weekly', label: words.weekly },
] as const;

/** Says when a restaurant is open: week by week, and by date. */
export function TimetableEditor({ tpv, onClose, onSaved }: { tpv: TpvDetail; onClose(): void; onSaved(): void }) {
  const { timetable } = tpv.service;
  const [kind, setKind] = useState<'always' | 'weekly'>(timetable === null ? 'always' : 'weekly');
  const [draft, setDraft] = useState<TimetableDraft>(() => draftOf(timetable, timeZone.value));
  const today = wallTime(Date.now(), timeZone.value).slice(0, 10);
  const change: TpvServiceChange = { timetable: kind === 'always' ? null : timetableOf(draft, today) };
  const save = useAction(async () => {
    await send('PUT', `/api/admin/tpvs/${tpv.id}/service`, change);
    notify(serviceWords.saved, 'good');
    onSaved();
    onClose();
  });
  const title = words.title(tpv.name);
  return (
    <Dialog title={title} wide onClose={onClose}>
      <Form label={title} error={save.error} onSubmit={save.run}>
        <ChoiceField label={words.kind} value={kind} options={KINDS} onChange={setKind} />
        {kind === 'always' ? null : (
          <>
            <Week draft={draft} onChange={setDraft} />
            <Exceptions exceptions={draft.exceptions} onChange={(exceptions) => setDraft({ ...draft, exceptions })} />
            <TextField
              label={words.zone}
              value={draft.zone}
              required
              maxLength={64}
              error={fieldError(save.error, 'timetable.zone')}
              onInput={(zone) => setDraft({ ...draft, zone })}
            />
          </>
        )}
        <ServicePreview tpvId={tpv.id} change={kind === 'always' || isComplete(draft) ? change : undefined} />
        <FormActions>
          <Button onClick={onClose}>{actions.cancel}</Button>
          <Button kind="primary" type="submit" busy={save.busy}>
            {actions.save}
          </Button>
        </FormActions>
      </Form>
    </Dialog>
  );
}

function Week({ draft, onChange }: { draft: TimetableDraft; onChange(draft: TimetableDraft): void }) {
  const { weekly } = draft;
  return (
    <fieldset class="timetable">
      <legend>{words.week}</legend>
      {DAYS.map((day) => (
        <div class="timetable-row" key={day}>
          <span class="timetable-day">{serviceWords.days[day]}</span>
          <HoursField
            name={serviceWords.days[day]}
            hours={weekly[day]}
            onChange={(hours) => onChange({ ...draft, weekly: { ...weekly, [day]: hours } })}
          />
        </div>
      ))}
      <p class="hint">{words.nextDay}</p>
      {weekly.mon.length === 0 ? null : (
        <p>
          <Button size="small" icon="copy" onClick={() => onChange({ ...draft, weekly: byDay(() => weekly.mon) })}>
            {words.copy}
          </Button>
        </p>
      )}
    </fieldset>
  );
}
