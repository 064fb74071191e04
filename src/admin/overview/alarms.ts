import type { AlarmCode, Finding, FoundAlarm } from '../../alarms/alarm.ts';
import { isoTime } from '../../iso-time.ts';
import type { DiskSpace } from '../../observability/disk-space.ts';
import type { LostFile } from '../../observability/file-watch.ts';
import type { Totals } from '../../observability/totals.ts';
import type { BackupFault, BackupState } from '../../operations/backup/nightly-backup.ts';
import { OLD_MS } from '../../operations/backup/schedule.ts';
import type { Alarm } from '../schemas/overview.ts';
import { UPDATE_FAULTS, type WebhookHealth } from './webhook-health.ts';

/** A TPV as alarms look at it; times in milliseconds. */
export interface WatchedTpv {
  id: string;
  name: string;
  state: 'awaiting' | 'active' | 'inactive';
  online: boolean;
  /** Whether it is away and its restaurant closed, or makes a pause. */
  closed: boolean;
  users: number;
  /** Since when it is online, or offline. */
  since: number | null;
  createdAt: number;
}

export interface AlarmFacts {
  tpvs: readonly WatchedTpv[];
  sharedKeys: readonly { tpvId: string; since: number }[];
  quotas: readonly { tpvId: string; since: number }[];
  /** What happened to TPVs before the hub started is not known while it is true. */
  startedLately: boolean;
  /** TPVs that are there and have left a message waiting for too long, and since when it waits. */
  waiting: readonly { tpvId: string; since: number }[];
  /** TPVs whose instructions fail, and how many did. */
  failing: readonly { tpvId: string; failed: number }[];
  webhook: WebhookHealth;
  lostFile: LostFile | undefined;
  disk: { room: DiskSpace | undefined; fullSince: number | undefined };
  backup: BackupState | undefined;
  totals: Pick<Totals, 'pushesUnknown' | 'quarantined' | 'unassigned' | 'unassignedSince'>;
}

/** TPVs named one by one; the rest is a number. */
const MOST_NAMED = 10;

/** Everything that an administrator should look at now, the worst first. */
export function findAlarms(facts: AlarmFacts): Finding {
  const { totals } = facts;
  const awaiting = facts.tpvs.filter(({ state }) => state === 'awaiting');
  const found = [
    ...ofLostFile(facts.lostFile),
    ...ofDisk(facts.disk),
    ...ofWebhook(facts.webhook),
    ...ofTpvs('tpv_key_shared', 'critical', facts.sharedKeys, facts),
    ...ofTpvs('tpv_quota_reached', 'critical', facts.quotas, facts),
    ...ofOfflineTpvs(facts.tpvs),
    ...ofTpvs('tpv_instructions_waiting', 'critical', facts.waiting, facts),
    ...ofTpvs('tpv_instructions_failing', 'warning', facts.failing, facts),
    ...ofBackup(facts.backup),
    ...counted('unassigned_waiting', totals.unassigned, totals.unassignedSince),
    ...counted('pushes_unknown', totals.pushesUnknown),
    ...counted('quarantine_not_empty', totals.quarantined),
    ...counted('tpv_awaiting_approval', awaiting.length, Math.min(...awaiting.map(({ createdAt }) => createdAt))),
  ];
  return { found, unsure: unsureOf(facts) };
}

/** What is not known yet, as the hub started a moment ago. */
function unsureOf({ webhook, disk, startedLately }: AlarmFacts): ReadonlySet<AlarmCode> {
  return new Set<AlarmCode>([
    ...(webhook.checkedAt === undefined ? UPDATE_FAULTS : []),
    ...(disk.room === undefined ? (['disk_nearly_full'] as const) : []),
    ...(startedLately ? (['tpv_key_shared', 'tpv_quota_reached'] as const) : []),
  ]);
}

/** Alarms as the overview shows them: of many TPVs that are away, those with the most people are named. */
export function shownAlarms(alarms: readonly FoundAlarm[]): Alarm[] {
  const isOffline = ({ code }: FoundAlarm) => code === 'tpv_offline_with_users';
  const unnamed = alarms.filter(isOffline).slice(MOST_NAMED);
  const others = counted('tpv_offline_with_users', unnamed.length);
  const left = new Set(unnamed);
  const last = unnamed.at(-1);
  return alarms
    .flatMap((alarm) => (left.has(alarm) ? (alarm === last ? others : []) : [alarm]))
    .map(({ code, severity, since, count, tpv, detail }) => ({
      code,
      severity,
      since: since === null ? null : isoTime(since),
      count,
      tpv: tpv && { id: tpv.id, name: tpv.name },
      detail,
    }));
}

function ofLostFile(lost: LostFile | undefined): FoundAlarm[] {
  if (lost === undefined) return [];
  const { path, loss, since, copy, fault } = lost;
  const what = `El fichero ${path} se ha ${loss === 'deleted' ? 'borrado' : 'sustituido'}.`;
  return [alarm('database_lost', 'critical', { since, detail: `${what} ${howToSave(copy, fault)}` })];
}

function howToSave(copy: string | undefined, fault: string | undefined): string {
  if (copy !== undefined) {
    return `Todo está guardado en ${copy}: para el hub, ejecuta «npx valletpv-hub restore ${copy}» y arráncalo.`;
  }
  if (fault === undefined) return 'El hub está guardando una copia: no lo pares.';
  return `El hub no ha podido guardar una copia (${fault}): no lo pares y libera espacio; lo intenta cada 30 segundos.`;
}

function ofDisk({ room, fullSince }: AlarmFacts['disk']): FoundAlarm[] {
  if (room === undefined || fullSince === undefined) return [];
  const [free, size] = [room.freeBytes, room.sizeBytes].map(gigabytes);
  return [alarm('disk_nearly_full', 'critical', { since: fullSince, detail: `Quedan ${free} de ${size}.` })];
}

function ofBackup(backup: BackupState | undefined): FoundAlarm[] {
  if (backup === undefined || !backup.isLate) return [];
  const { newest, folder, fault } = backup;
  const last = newest === undefined ? `En ${folder} no hay ninguna.` : `La última de ${folder} es ${newest.name}.`;
  const remedy = fault === undefined ? '' : ` ${BACKUP_REMEDIES[fault]} El hub lo intenta cada hora.`;
  return [alarm('backup_late', 'warning', { since: newest && newest.madeAt + OLD_MS, detail: last + remedy })];
}

const BACKUP_REMEDIES: Readonly<Record<BackupFault, string>> = {
  no_room: 'Con otra quedaría libre menos del 10 % de ese disco: libera espacio o cambia BACKUP_DIR.',
  folder: 'El hub no puede usar esa carpeta: dale permiso a su usuario o cambia BACKUP_DIR.',
  failed: 'El registro del hub (error.log) dice qué ha fallado.',
};

function ofWebhook({ state, fault, since, checkedAt, problems }: WebhookHealth): FoundAlarm[] {
  if (state === 'ok' || checkedAt === undefined) return [];
  return [alarm(fault, state === 'broken' ? 'critical' : 'warning', { since, detail: problems.join(' ') })];
}

function ofTpvs(
  code: AlarmCode,
  severity: FoundAlarm['severity'],
  seen: readonly { tpvId: string; since?: number; failed?: number }[],
  { tpvs }: Pick<AlarmFacts, 'tpvs'>,
): FoundAlarm[] {
  if (seen.length === 0) return [];
  const byId = new Map(tpvs.map((tpv) => [tpv.id, tpv]));
  return seen.flatMap(({ tpvId, since, failed }) => {
    const tpv = byId.get(tpvId);
    return tpv === undefined ? [] : [alarm(code, severity, { since, tpv, count: failed })];
  });
}

/** A TPV that is away while its restaurant is closed is missed by nobody. */
function ofOfflineTpvs(tpvs: readonly WatchedTpv[]): FoundAlarm[] {
  return tpvs
    .filter(({ state, online, closed, users }) => state === 'active' && !online && !closed && users > 0)
    .sort((a, b) => b.users - a.users)
    .map((tpv) =>
      alarm('tpv_offline_with_users', 'critical', { since: tpv.since ?? undefined, count: tpv.users, tpv }),
    );
}

function counted(code: AlarmCode, count: number, since?: number): FoundAlarm[] {
  return count === 0 ? [] : [alarm(code, 'warning', { count, since })];
}

function alarm(
  code: AlarmCode,
  severity: FoundAlarm['severity'],
  about: { since?: number | undefined; count?: number | undefined; tpv?: WatchedTpv; detail?: string },
): FoundAlarm {
  const { since, count, tpv, detail } = about;
  return {
    code,
    severity,
    since: since === undefined ? null : Math.round(since),
    count: count ?? null,
    tpv: tpv === undefined ? null : { id: tpv.id, name: tpv.name },
    detail: detail ?? null,
  };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toLocaleString('es', { maximumFractionDigits: 1 })} GB`;
}
