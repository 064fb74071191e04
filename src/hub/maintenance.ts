import { sweepSessions } from '../administrators/administrator-session.ts';
import { deleteOldAlarms } from '../alarms/alarm-store.ts';
import { deleteOldWindows } from '../alarms/maintenance-windows.ts';
import { drainInbox } from '../assignment/move-person.ts';
import { goOnVacating } from '../assignment/vacate.ts';
import { expireButtons, KEPT_AFTER_EXPIRY_MS } from '../buttons/button-retention.ts';
import type { Lookout } from '../conversation/lookout.ts';
import { DatabaseFault } from '../db/fault.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { HubError } from '../errors.ts';
import { retention } from '../instructions/instruction-retention.ts';
import { sweepDue } from '../instructions/sweep.ts';
import { KEY_LIFE_MS } from '../push/accept.ts';
import { pushRetention, sweepUploads } from '../push/push-retention.ts';
import type { UploadStore } from '../push/uploads.ts';
import { type ErasureNotes, NotesFault } from '../rights/erasure-notes.ts';
import { NOTE_ALONG_MS, NOTED_BY_ALL_MS, noteAlong } from '../rights/note-along.ts';
import { type RightsPorts, rightsWork } from '../rights/rights.ts';
import { AWAITING_KEPT_MS, deleteForgottenRegistrations } from '../tpvs/awaiting.ts';
import { HEARTBEAT_WRITE_INTERVAL_MS } from '../tpvs/presence/presence.ts';
import { sweepServices } from '../tpvs/service/sweep-services.ts';
import type { AssignPorts } from '../users/assign.ts';
import type { Ground } from './ground.ts';

export interface MaintenancePorts
  extends Pick<
    Ground,
    'db' | 'cluster' | 'events' | 'clock' | 'log' | 'texts' | 'limits' | 'presence' | 'settings' | 'corrections'
  > {
  assigning: AssignPorts;
  delivery: Pick<Delivery, 'tick'>;
  lookout: Pick<Lookout, 'tick' | 'lookAtAll'>;
  uploads: UploadStore;
  rights: Omit<RightsPorts, 'notedByAllMs'> & { notes: ErasureNotes };
  /** Looks for what an administrator should know of, and tells them. */
  lookForAlarms(): Promise<void>;
}

/** Leases, expiry, silent sockets, the inbox and what people are owed are looked at this often (docs/reliability.md). */
const SWEEP_INTERVAL_MS = 1_000;
/** Old rows go in small pages, one a second. */
const RETENTION_INTERVAL_MS = 1_000;
/** A TPV that is killed is told of within 75 s: its grace, a minute less that, and this. */
const ALARM_INTERVAL_MS = 5_000;
/** Where several hubs share the database: messages that another one wrote are found within this time. */
const LOOKOUT_INTERVAL_MS = 10_000;
const INBOX_PAGE = 50;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Alarms that ended are shown for as long. */
const ALARMS_KEPT_DAYS = 90;

/**
 * The hub's timers. Each job runs at most once at a time, not while stored times are put right, and a failing one is
 * tried again at its next tick.
 * @param ends gets their end, which waits for what is under way
 */
export function startMaintenance(ports: MaintenancePorts, ends: AsyncDisposableStack): void {
  const { db, cluster, events, clock, log, texts, limits, delivery, presence, settings, corrections } = ports;
  const expire = retention(db);
  const expirePushes = pushRetention(db);
  const running = new Set<Promise<void>>();
  let isOver = false;

  /** What one hub does for all that share the database. */
  const chore: typeof job = (name, run) => {
    const due = job(name, run);
    return function start(isAsked = false) {
      if (cluster.term('chores') !== undefined) due(isAsked);
    };
  };
  const job = (name: string, run: (now: number) => Promise<unknown>) => {
    let busy = false;
    let again = false;
    /** @param isAsked by what happened, which a run that is under way may have missed: another one follows it */
    return function start(isAsked = false) {
      // Asking for the time is what finds out that the clock was corrected.
      const now = clock.now();
      if (busy) again ||= isAsked;
      if (busy || corrections.underWay) return;
      busy = true;
      again = false;
      const done: Promise<void> = run(now)
        .then(
          () => {},
          (err) => {
            // Those of the database, and of the notes of erasures, have lines of their own, and not one a second each.
            if (err instanceof DatabaseFault || err instanceof NotesFault) return;
            log[err instanceof HubError ? 'warn' : 'error'](
              { err, job: name },
              'maintenance failed; it is tried again',
            );
          },
        )
        .finally(() => {
          busy = false;
          running.delete(done);
          if (again && !isOver) start();
        });
      running.add(done);
    };
  };

  const sweep = chore('sweep', (now) => sweepDue({ db, texts, settings: limits }, now));
  const silent = job('silent sockets', () => delivery.tick());
  const sentences = chore('sentences', () => ports.lookout.tick());
  const others = chore('messages of other hubs', () => ports.lookout.lookAtAll());
  const inbox = chore('inbox', () => drainInbox(db, ports.assigning, INBOX_PAGE));
  const vacating = chore('vacating', () => goOnVacating(db));
  const notedByAllMs = cluster.isShared ? NOTED_BY_ALL_MS : 0;
  const rights = chore('rights', rightsWork({ ...ports.rights, notedByAllMs }));
  const notes = job('notes of other hubs', noteAlong({ db, notes: ports.rights.notes }));
  const services = chore('services', (now) => sweepServices(db, now));
  const tidy = job('database', () => db.tidy());
  const comeAndGone = job('presence', () => presence.settle());
  const heartbeats = job('heartbeats', () => presence.write());
  const old = chore('retention', async (now) => {
    const keptMs = settings.retentionDays * DAY_MS;
    const sure = now - corrections.aheadMs(Math.max(keptMs, KEY_LIFE_MS));
    await expire(sure - keptMs);
    await expirePushes(sure - keptMs, sure);
  });
  const buttons = chore('buttons', (now) => expireButtons(db, now - corrections.aheadMs(KEPT_AFTER_EXPIRY_MS)));
  const alarms = chore('alarms', () => ports.lookForAlarms());
  const hourly = chore('uploads, sessions, registrations and alarms', async (now) => {
    await sweepSessions(db, now);
    await sweepUploads(db, ports.uploads, corrections.aheadMs(HOUR_MS));
    await deleteForgottenRegistrations(db, now - corrections.aheadMs(AWAITING_KEPT_MS));
    const alarmsKeptMs = ALARMS_KEPT_DAYS * DAY_MS;
    await deleteOldAlarms(db, now - corrections.aheadMs(alarmsKeptMs) - alarmsKeptMs);
    await deleteOldWindows(db, now - corrections.aheadMs(DAY_MS) - DAY_MS);
  });

  const cancels = [
    clock.every(SWEEP_INTERVAL_MS, () => {
      sweep();
      silent();
      comeAndGone();
      sentences();
      vacating();
      inbox();
      rights();
      services();
      tidy();
    }),
    clock.every(RETENTION_INTERVAL_MS, () => {
      buttons();
      old();
    }),
    clock.every(ALARM_INTERVAL_MS, alarms),
    clock.every(HOUR_MS, hourly),
    clock.every(HEARTBEAT_WRITE_INTERVAL_MS, heartbeats),
    events.on('tpv.available', () => inbox(true)),
    ...(cluster.isShared ? [clock.every(LOOKOUT_INTERVAL_MS, others), clock.every(NOTE_ALONG_MS, notes)] : []),
  ];
  ends.defer(async () => {
    isOver = true;
    for (const cancel of cancels) cancel();
    await Promise.all(running);
  });
}
