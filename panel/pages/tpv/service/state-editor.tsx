import { useState } from 'preact/hooks';
import type { TpvServiceChange } from '../../../../src/admin/schemas/service.ts';
import type { TpvDetail } from '../../../../src/admin/schemas/tpvs.ts';
import { fieldError, useAction } from '../../../action.ts';
import { send } from '../../../api.ts';
import { Button } from '../../../components/button.tsx';
import { ChoiceField } from '../../../components/choice-field.tsx';
import { Dialog } from '../../../components/dialog.tsx';
import { Form, FormActions } from '../../../components/form.tsx';
import { SelectField } from '../../../components/select-field.tsx';
import { TextField } from '../../../components/text-field.tsx';
import { notify } from '../../../components/toast.tsx';
import { timeZone } from '../../../session.ts';
import { momentOf, wallTime } from '../../../wall-time.ts';
import { actions } from '../../../words/actions.ts';
import { serviceStates, serviceWords } from '../../../words/service.ts';
import { ServicePreview } from './service-preview.tsx';

const words = serviceWords.state;
const STATES = [
  { value: 'open', label: serviceStates.open, hint: words.openHint },
  { value: 'busy', label: serviceStates.busy, hint: words.busyHint },
  { value: 'paused', label: serviceStates.paused, hint: words.pausedHint },
] as const;
const ENDS = Object.entries(words.ends).map(([value, label]) => ({ value, label }));
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

interface Draft {
  state: 'open' | 'busy' | 'paused';
  minutes: string;
  /** `never`, minutes from now on, or `at`. */
  end: string;
  at: string;
  reason: string;
}

/** Says that a restaurant is open, busy or paused. */
export function StateEditor({ tpv, onClose, onSaved }: { tpv: TpvDetail; onClose(): void; onSaved(): void }) {
  const [draft, setDraft] = useState<Draft>(() => draftOf(tpv.service.set));
  const [opened] = useState(() => Date.now());
  const set = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const save = useAction(async () => {
    await send('PUT', `/api/admin/tpvs/${tpv.id}/service`, changeOf(draft, Date.now()));
    notify(serviceWords.saved, 'good');
    onSaved();
    onClose();
  });
  const title = words.title(tpv.name);
  return (
    <Dialog title={title} onClose={onClose}>
      <Form label={title} error={save.error} onSubmit={save.run}>
        <ChoiceField label={words.label} value={draft.state} options={STATES} onChange={(state) => set({ state })} />
        {draft.state === 'busy' ? (
          <TextField
            label={words.minutes}
            type="number"
            min={1}
            max={600}
            required
            value={draft.minutes}
            error={fieldError(save.error, 'minutes')}
            onInput={(minutes) => set({ minutes })}
          />
        ) : null}
        {draft.state === 'open' ? null : (
          <SelectField label={words.end} value={draft.end} options={ENDS} onChange={(end) => set({ end })} />
        )}
        {draft.state !== 'open' && draft.end === 'at' ? (
          <TextField
            label={words.at}
            type="datetime-local"
            required
            value={draft.at}
            error={fieldError(save.error, 'until')}
            onInput={(at) => set({ at })}
          />
        ) : null}
        {draft.state === 'paused' ? (
          <TextField
            label={words.reason}
            hint={words.reasonHint}
            maxLength={200}
            value={draft.reason}
            error={fieldError(save.error, 'reason')}
            onInput={(reason) => set({ reason })}
          />
        ) : null}
        <ServicePreview tpvId={tpv.id} change={isWhole(draft) ? changeOf(draft, opened) : undefined} />
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

function draftOf({ state, minutes, until, reason }: TpvDetail['service']['set']): Draft {
  return {
    state,
    minutes: String(minutes ?? 20),
    end: until === null ? 'never' : 'at',
    at: wallTime(until === null ? Date.now() + HOUR_MS : Date.parse(until), timeZone.value),
    reason: reason ?? '',
  };
}

function isWhole({ state, minutes, end, at }: Draft): boolean {
  if (state === 'open') return true;
  return (state !== 'busy' || /^\d+$/.test(minutes)) && (end !== 'at' || at !== '');
}

/** @param now what "30 minutes" counts from */
function changeOf({ state, minutes, end, at, reason }: Draft, now: number): TpvServiceChange {
  if (state === 'open') return { state };
  const until =
    end === 'at' ? momentOf(at, timeZone.value) : end === 'never' ? undefined : now + Number(end) * MINUTE_MS;
  const ends = until === undefined || Number.isNaN(until) ? {} : { until: new Date(until).toISOString() };
  return state === 'busy' ? { state, minutes: Number(minutes), ...ends } : { state, reason, ...ends };
}
