import { isoTime } from '../../iso-time.ts';
import type { DiskSpace } from '../../observability/disk-space.ts';
import type { LostFile } from '../../observability/file-watch.ts';
import type { Totals } from '../../observability/totals.ts';
import type { BackupFault, BackupState } from '../../operations/backup/nightly-backup.ts';
import { OLD_MS } from '../../operations/backup/schedule.ts';
import type { Alarm, AlarmCode } from '../schemas/overview.ts';
import type { WebhookHealth } from './webhook-health.ts';

/** A TPV as alarms look at it; times in milliseconds. */
export interface WatchedTpv {
  id: string;
  name: string;
  state: 'awaiting' | 'active' | 'inactive';
  online: boolean;
  users: number;
  /** Since when it is online, or offline. */
  since: number | null;
  createdAt: number;
}

export interface AlarmFacts {
  tpvs: readonly WatchedTpv[];
  sharedKeys: readonly { tpvId: string; since: number }[];
  quotas: readonly { tpvId: string; since: number }[];
  webhook: WebhookHealth;
  lostFile: LostFile | undefined;
  disk: { room: DiskSpace | undefined; fullSince: number | undefined };
  backup: BackupState | undefined;
  totals: Pick<Totals, 'pushesUnknown' | 'quarantined' | 'unassigned' | 'unassignedSince'>;
}

/** TPVs named one by one; the rest is a number. */
const MOST_NAMED = 10;

/** Everything that an administrator should look at now, the worst first. */
export function alarmsOf(facts: AlarmFacts): Alarm[] {
  const { totals } = facts;
  const awaiting = facts.tpvs.filter(({ state }) => state === 'awaiting');
  return [
    ...ofLostFile(facts.lostFile),
    ...ofDisk(facts.disk),
    ...ofWebhook(facts.webhook),
    ...ofTpvs('tpv_key_shared', facts.sharedKeys, facts),
    ...ofTpvs('tpv_quota_reached', facts.quotas, facts),
    ...ofOfflineTpvs(facts.tpvs),
    ...ofBackup(facts.backup),
    ...counted('unassigned_waiting', totals.unassigned, totals.unassignedSince),
    ...counted('pushes_unknown', totals.pushesUnknown),
    ...counted('quarantine_not_empty', totals.quarantined),
    ...counted('tpv_awaiting_approval', awaiting.length, Math.min(...awaiting.map(({ createdAt }) => createdAt))),
  ];
}

function ofLostFile(lost: LostFile | undefined): Alarm[] {
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

function ofDisk({ room, fullSince }: AlarmFacts['disk']): Alarm[] {
  if (room === undefined || fullSince === undefined) return [];
  const [free, size] = [room.freeBytes, room.sizeBytes].map(gigabytes);
  return [alarm('disk_nearly_full', 'critical', { since: fullSince, detail: `Quedan ${free} de ${size}.` })];
}

function ofBackup(backup: BackupState | undefined): Alarm[] {
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

function ofWebhook({ state, fault, since, checkedAt, problems }: WebhookHealth): Alarm[] {
  if (state === 'ok' || checkedAt === undefined) return [];
  return [alarm(fault, state === 'broken' ? 'critical' : 'warning', { since, detail: problems.join(' ') })];
}

function ofTpvs(
  code: 'tpv_key_shared' | 'tpv_quota_reached',
  seen: AlarmFacts['sharedKeys'],
  { tpvs }: Pick<AlarmFacts, 'tpvs'>,
): Alarm[] {
  return seen.flatMap(({ tpvId, since }) => {
    const tpv = tpvs.find(({ id }) => id === tpvId);
    return tpv === undefined ? [] : [alarm(code, 'critical', { since, tpv })];
  });
}

function ofOfflineTpvs(tpvs: readonly WatchedTpv[]): Alarm[] {
  const offline = tpvs
    .filter(({ state, online, users }) => state === 'active' && !online && users > 0)
    .sort((a, b) => b.users - a.users);
  const named = offline
    .slice(0, MOST_NAMED)
    .map((tpv) =>
      alarm('tpv_offline_with_users', 'critical', { since: tpv.since ?? undefined, count: tpv.users, tpv }),
    );
  const others = offline.length - named.length;
  return [...named, ...counted('tpv_offline_with_users', others)];
}

function counted(code: AlarmCode, count: number, since?: number): Alarm[] {
  return count === 0 ? [] : [alarm(code, 'warning', { count, since })];
}

function alarm(
  code: AlarmCode,
  severity: Alarm['severity'],
  about: { since?: number | undefined; count?: number; tpv?: WatchedTpv; detail?: string },
): Alarm {
  const { since, count, tpv, detail } = about;
  return {
    code,
    severity,
    since: since === undefined ? null : isoTime(since),
    count: count ?? null,
    tpv: tpv === undefined ? null : { id: tpv.id, name: tpv.name },
    detail: detail ?? null,
  };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toLocaleString('es', { maximumFractionDigits: 1 })} GB`;
}
