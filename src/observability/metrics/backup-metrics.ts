import { Gauge, type Registry } from 'prom-client';

/** The newest copy that the hub made by itself. */
export interface NewestCopy {
  ageSeconds: number;
  bytes: number;
}

/**
 * Gauges of the newest copy of the database.
 * @returns sets them; undefined if there is none: they stay empty then
 */
export function backupMetrics(register: Registry): (newest: NewestCopy | undefined) => void {
  const registers = [register];
  const age = new Gauge({
    name: 'hub_backup_age_seconds',
    help: 'Time since the newest nightly copy of the database was made',
    registers,
  });
  const bytes = new Gauge({ name: 'hub_backup_bytes', help: 'Size of the newest nightly copy', registers });
  return (newest) => {
    age.remove();
    bytes.remove();
    if (newest === undefined) return;
    age.set(newest.ageSeconds);
    bytes.set(newest.bytes);
  };
}
