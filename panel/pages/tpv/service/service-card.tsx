import { useState } from 'preact/hooks';
import type { TpvTimetable } from '../../../../src/admin/schemas/service.ts';
import type { TpvDetail } from '../../../../src/admin/schemas/tpvs.ts';
import { Button } from '../../../components/button.tsx';
import { Card } from '../../../components/card.tsx';
import { KeyValue } from '../../../components/key-value.tsx';
import { later } from '../../../components/later.tsx';
import { ServiceBadge } from '../../../components/service-badge.tsx';
import { canAttend } from '../../../session.ts';
import { serviceWords as words } from '../../../words/service.ts';
import { DAYS, type Hours } from './draft.ts';
import { NextDates } from './next-dates.tsx';
import { ServiceReading } from './service-preview.tsx';

const StateEditor = later(async () => (await import('./state-editor.tsx')).StateEditor);
const TimetableEditor = later(async () => (await import('./timetable-editor.tsx')).TimetableEditor);

/** Whether a TPV's restaurant attends, when it is open, and what people read meanwhile. */
export function ServiceCard({ tpv, reload }: { tpv: TpvDetail; reload(): void }) {
  const [editing, setEditing] = useState<'state' | 'timetable' | undefined>(undefined);
  const { service } = tpv;
  const dialog = { tpv, onClose: () => setEditing(undefined), onSaved: reload };
  return (
    <Card title={words.title} actions={<ServiceBadge service={service} />}>
      <p class="muted">{words.reads}</p>
      <ServiceReading service={service} />
      {service.timetable === null ? <p>{words.always}</p> : <Week timetable={service.timetable} />}
      {canAttend.value ? (
        <p class="row">
          <Button onClick={() => setEditing('state')}>{words.setState}</Button>
          <Button onClick={() => setEditing('timetable')}>{words.setTimetable}</Button>
        </p>
      ) : null}
      {editing === 'state' ? <StateEditor {...dialog} /> : null}
      {editing === 'timetable' ? <TimetableEditor {...dialog} /> : null}
    </Card>
  );
}

function Week({ timetable: { weekly, exceptions } }: { timetable: TpvTimetable }) {
  return (
    <>
      <KeyValue rows={DAYS.map((day) => [words.days[day], <Written key={day} hours={weekly[day]} />])} />
      <NextDates exceptions={exceptions} />
    </>
  );
}

/** A line is broken between hours, never within them. */
function Written({ hours }: { hours: Hours }) {
  if (hours.length === 0) return words.closedDay;
  return (
    <span class="hours-written">
      {hours.map(([opens, closes]) => (
        <span key={`${opens} ${closes}`}>{words.hours(opens, closes)}</span>
      ))}
    </span>
  );
}
