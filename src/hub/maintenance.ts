import { sweepSessions } from '../administrators/administrator-session.ts';
import { drainInbox } from '../assignment/move-person.ts';
import { expireButtons } from '../buttons/button-retention.ts';
import type { Clock } from '../clock.ts';
import { DatabaseFault } from '../db/fault.ts';
import type { Database } from '../db/open.ts';
import type { Delivery } from '../delivery/delivery.ts';
import { HubError } from '../errors.ts';
import type { DeliverySettings } from '../instructions/instruction.ts';
import { retention } from '../instructions/instruction-retention.ts';
import { sweepDue, type UnansweredTexts } from '../instructions/sweep.ts';
import type { Logger } from '../log/log.ts';
import { pushRetention, sweepUploads } from '../push/push-retention.ts';
import type { UploadStore } from '../push/uploads.ts';
import { HEARTBEAT_WRITE_INTERVAL_MS, type Presence } from '../tpvs/presence.ts';
import type { AssignPorts } from '../users/assign.ts';

export interface MaintenancePorts {
  db: Database;
  clock: Clock;
  log: Logger;
  settings: DeliverySettings;
  texts: UnansweredTexts;
  assigning: AssignPorts;
  delivery: Delivery;
  presence: Presence;
  uploads: UploadStore;
  /** How long what ended is kept. */
  retentionDays(): number;
}

export interface Maintenance {
  /** Looks for TPVs for those who wait, now. */
  drainInbox(): void;
  stop(): void;
  /** Resolves when nothing of it is under way. */
  idle(): Promise<void>;
}

/** Leases, expiry, silent sockets and the inbox are looked at this often (docs/reliability.md). */
const SWEEP_INTERVAL_MS = 1_000;
/** Old rows go in small pages, one a second. */
const RETENTION_INTERVAL_MS = 1_000;
const INBOX_PAGE = 50;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** The hub's timers. Each job runs at most once at a time, and a failing one is tried again at its next tick. */
export function startMaintenance(ports: MaintenancePorts): Maintenance {
  const { db, clock, log, delivery, presence } = ports;
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

  const sweep = job('sweep', () => sweepDue(ports, clock.now()));
  const silent = job('silent sockets', () => delivery.tick());
  const inbox = job('inbox', () => db.transact((tx) => drainInbox(tx, ports.assigning, INBOX_PAGE)));
  const tidy = job('database', () => db.tidy());
  const heartbeats = job('heartbeats', () => presence.write());
  const cutoff = () => clock.now() - ports.retentionDays() * DAY_MS;
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
      inbox();
      tidy();
    }),
    clock.every(RETENTION_INTERVAL_MS, () => {
      buttons();
      old();
    }),
    clock.every(HOUR_MS, hourly),
    clock.every(HEARTBEAT_WRITE_INTERVAL_MS, heartbeats),
  ];
  return {
    drainInbox: inbox,
    stop() {
      for (const cancel of cancels) cancel();
    },
    async idle() {
      await Promise.all(running);
    },
  };
}
