import type { VNode } from 'preact';
import { useEffect, useId, useState } from 'preact/hooks';
import type { AlarmChoice } from '../../../src/admin/schemas/alarms.ts';
import type { AlarmCode } from '../../../src/admin/schemas/overview.ts';
import { useAction } from '../../action.ts';
import { at } from '../../address.ts';
import { send } from '../../api.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { Form, FormActions } from '../../components/form.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { notify } from '../../components/toast.tsx';
import { useResource } from '../../resource.ts';
import { accountWords } from '../../words/account.ts';
import { actions } from '../../words/actions.ts';
import { alarmNames } from '../../words/alarms.ts';

const words = accountWords.alarms;
const PATH = '/api/admin/account/alarms';

/** Of which alarms the account's person hears in Telegram. */
export function AlarmChoiceCard(): VNode {
  const choice = useResource(at(PATH), { kinds: ['account'] });
  return (
    <Card title={words.title}>
      <Loaded resource={choice} rows={8}>
        {(chosen) => <Choices chosen={chosen} reload={choice.reload} />}
      </Loaded>
    </Card>
  );
}

function Choices({ chosen: { linked, items }, reload }: { chosen: AlarmChoice; reload: () => void }): VNode {
  const id = useId();
  const saved = items.filter(({ told }) => !told).map(({ code }) => code);
  const [muted, setMuted] = useState<readonly AlarmCode[]>(saved);
  useEffect(() => setMuted(saved), [saved.join()]);
  const save = useAction(async () => {
    await send('PUT', PATH, { muted });
    notify(words.saved, 'good');
    reload();
  });
  const toggle = (code: AlarmCode) =>
    setMuted(muted.includes(code) ? muted.filter((one) => one !== code) : [...muted, code]);
  const isSame = muted.length === saved.length && saved.every((code) => muted.includes(code));
  return (
    <Form label={words.title} error={save.error} onSubmit={() => save.run()}>
      <p class="muted">{linked ? words.lead : words.unlinked}</p>
      <fieldset class="choices">
        <legend>{words.label}</legend>
        <div class="many-choices">
          {items.map(({ code }) => (
            <div key={code} class="choice">
              <input
                id={`${id}-${code}`}
                type="checkbox"
                checked={!muted.includes(code)}
                onChange={() => toggle(code)}
              />
              <label for={`${id}-${code}`}>{alarmNames[code]}</label>
            </div>
          ))}
        </div>
      </fieldset>
      <FormActions>
        <Button kind="primary" type="submit" busy={save.busy} disabled={isSame}>
          {actions.save}
        </Button>
      </FormActions>
    </Form>
  );
}
