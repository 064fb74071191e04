import { Gauge, type Registry } from 'prom-client';

/**
 * A gauge of the alarms that last.
 * @returns sets it; undefined if they could not be read: it stays empty then
 */
export function alarmMetrics(register: Registry): (alarms: ReadonlyMap<string, number> | undefined) => void {
  const open = new Gauge({
    name: 'hub_alarms',
    help: 'Alarms that last, by their code in /api/admin/alarms',
    labelNames: ['code'],
    registers: [register],
  });
  return (alarms) => {
    open.reset();
    for (const [code, count] of alarms ?? []) open.labels(code).set(count);
  };
}
