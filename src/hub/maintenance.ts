import { sweepSessions } from '../administrators/administrator-session.ts';
import { drainInbox } from '../assignment/move-person.ts';
import { goOnVacating } from '../assignment/vacate.ts';
import { expireButtons } from '../buttons/button-retention.ts';
import { DatabaseFault } from '../db/fault.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { HubError } from '../errors.ts';
import { retention } from '../instructions/instruction-retention.ts';
import { sweepDue } from '../instructions/sweep.ts';
import { pushRetention, sweepUploads } from '../push/push-retention.ts';
import type { UploadStore } from '../push/uploads.ts';
import { HEARTBEAT_WRITE_INTERVAL_MS } from '../tpvs/presence.ts';
import type { AssignPorts } from '../users/assign.ts';
import type { Ground } from './ground.ts';

export interface MaintenancePorts
  extends Pick<Ground, 'db' | 'events' | 'clock' | 'log' | 'texts' | 'limits' | 'presence' | 'settings'> {
  assigning: AssignPorts;
  delivery: Pick<Delivery, 'tick'>;
  uploads: UploadStore;
}

/** Leases, expiry, silent sockets and the inbox are looked at this often (docs/reliability.md). */
const SWEEP_INTERVAL_MS = 1_000;
/** Old rows go in small pages, one a second. */
const RETENTION_INTERVAL_MS = 1_000;
const INBOX_PAGE = 50;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/**
 * The hub's timers. Each job runs at most once at a time, and a failing one is tried again at its next tick.
 * @param ends gets their end, which waits for what is under way
 */
export function startMaintenance(ports: MaintenancePorts, ends: AsyncDisposableStack): void {
  const { db, events, clock, log, texts, limits, delivery, presence, settings } = ports;
  const expire = retention(db);
  const expirePushes = pushRetention(db);
  const running = new Set<Promise<void>>();

  const job = (name: string, run: () => Promise<unknown>) => {
    let busy = false;
    return () => {
      if (busy) return;
      busy = true;
      const done: Promise<void> = run()
        .then(
          () => {},
          (err) => {
            // Those of the database are counted in one line a second.
            if (err instanceof DatabaseFault) return;
            log[err instanceof HubError ? 'warn' : 'error'](
              { err, job: name },
              'maintenance failed; it is tried again',
            );
          },
        )
        .finally(() => {
          busy = false;
          running.delete(done);
        });
      running.add(done);
    };
  };

  const sweep = job('sweep', () => sweepDue({ db, texts, settings: limits }, clock.now()));
  const silent = job('silent sockets', () => delivery.tick());
  const inbox = job('inbox', () => drainInbox(db, ports.assigning, INBOX_PAGE));
  const vacating = job('vacating', () => goOnVacating(db));
  const tidy = job('database', () => db.tidy());
  const heartbeats = job('heartbeats', () => presence.write());
  const cutoff = () => clock.now() - settings.retentionDays * DAY_MS;
  const old = job('retention', async () => {
    await expire(cutoff());
    await expirePushes(cutoff(), clock.now());
  });
  const buttons = job('buttons', () => expireButtons(db, clock.now()));
  const hourly = job('uploads and sessions', async () => {
    await sweepSessions(db, clock.now());
    await sweepUploads(db, ports.uploads);
  });

  const cancels = [
    clock.every(SWEEP_INTERVAL_MS, () => {
      sweep();
      silent();
      vacating();
      inbox();
      tidy();
    }),
    clock.every(RETENTION_INTERVAL_MS, () => {
      buttons();
      old();
    }),
    clock.every(HOUR_MS, hourly),
    clock.every(HEARTBEAT_WRITE_INTERVAL_MS, heartbeats),
    events.on('tpv.available', inbox),
  ];
  ends.defer(async () => {
    for (const cancel of cancels) cancel();
    await Promise.all(running);
  });
}
