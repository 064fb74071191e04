import type { VNode } from 'preact';
import type { Alarm, AlarmCode } from '../../src/admin/schemas/overview.ts';
import { relative } from '../format.ts';
import { alarmWords } from '../words/alarms.ts';
import { overviewWords } from '../words/overview.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

/** Where each alarm can be mended. */
const PLACES: Readonly<Record<AlarmCode, string>> = {
  tpv_offline_with_users: '/admin/tpvs?state=active&online=false',
  tpv_instructions_waiting: '/admin/tpvs',
  tpv_instructions_failing: '/admin/instrucciones?status=failed',
  tpv_key_shared: '/admin/tpvs',
  tpv_quota_reached: '/admin/tpvs',
  webhook_elsewhere: '/admin/webhook',
  webhook_broken: '/admin/webhook',
  polling_broken: '/admin/webhook',
  database_lost: '/admin/ajustes',
  disk_nearly_full: '/admin/ajustes',
  backup_late: '/admin/ajustes',
  pushes_unknown: '/admin/mensajes?status=unknown',
  quarantine_not_empty: '/admin/cuarentena',
  tpv_awaiting_approval: '/admin/tpvs?state=awaiting',
  unassigned_waiting: '/admin/personas?assigned=false',
};

/** What needs somebody now, worst first; that nothing does, where nothing does. */
export function AlarmList({ alarms }: { alarms: readonly Alarm[] }): VNode {
  if (alarms.length === 0)
    return (
      <p class="calm">
        <Icon name="check" />
        {overviewWords.calm}
      </p>
    );
  const sorted = alarms.toSorted((a, b) => Number(b.severity === 'critical') - Number(a.severity === 'critical'));
  return (
    <ul class="alarms" aria-label={overviewWords.alarms}>
      {sorted.map((alarm) => (
        <AlarmRow key={`${alarm.code} ${alarm.tpv?.id}`} alarm={alarm} />
      ))}
    </ul>
  );
}

function AlarmRow({ alarm }: { alarm: Alarm }): VNode {
  const words = alarmWords[alarm.code];
  const place = alarm.tpv === null ? PLACES[alarm.code] : `/admin/tpvs/${alarm.tpv.id}`;
  const more = [alarm.detail, alarm.since && relative(alarm.since)].filter(Boolean).join(' · ');
  return (
    <li class={`alarm ${alarm.severity}`}>
      <Icon name={alarm.severity === 'critical' ? 'bad' : 'warn'} />
      <span class="alarm-text">
        {words.text(alarm)}
        {more !== '' && <small>{more}</small>}
      </span>
      <Button size="small" href={place}>
        {words.action}
      </Button>
    </li>
  );
}
