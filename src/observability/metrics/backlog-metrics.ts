import { Gauge, type Registry } from 'prom-client';
import type { Backlog } from '../backlog.ts';

/**
 * Gauges of what waits in the database.
 * @param limit counts stop here
 * @returns sets them; undefined if the database could not be read: the gauges stay empty then
 */
export function backlogMetrics(register: Registry, limit: number): (backlog: Backlog | undefined) => void {
  const registers = [register];
  const atMost = `${limit} stands for more, too`;
  const perTpv = <L extends string = never>(name: string, help: string, ...more: L[]) =>
    new Gauge<'tpv_id' | L>({ name, help, labelNames: ['tpv_id', ...more], registers });
  const total = (name: string, help: string) => new Gauge({ name, help, registers });
  const info = perTpv('hub_tpv_info', 'TPVs that have series of their own, by name', 'tpv_name');
  const online = perTpv('hub_tpv_online', 'Whether the TPV is online');
  const pending = perTpv('hub_tpv_pending_instructions', `Instructions in line for the TPV; ${atMost}`);
  const oldest = perTpv('hub_tpv_oldest_pending_seconds', 'How long the TPV’s first instruction in line has waited');
  const gauges = [info, online, pending, oldest];
  const unassigned = total('hub_unassigned_instructions', `Instructions that no TPV takes; ${atMost}`);
  const unassignedOldest = total('hub_unassigned_oldest_seconds', 'How long the oldest of those has waited');
  const pushes = total('hub_push_backlog', `Messages to persons that wait for Telegram; ${atMost}`);
  const pushesOldest = total('hub_push_oldest_seconds', 'How long the oldest of those has waited');
  return (backlog) => {
    for (const gauge of gauges) gauge.reset();
    if (backlog === undefined) return;
    for (const tpv of backlog.tpvs) {
      info.labels(tpv.id, tpv.name).set(1);
      online.labels(tpv.id).set(tpv.online ? 1 : 0);
      pending.labels(tpv.id).set(tpv.pending);
      oldest.labels(tpv.id).set(tpv.oldestMs / 1_000);
    }
    unassigned.set(backlog.unassigned.pending);
    unassignedOldest.set(backlog.unassigned.oldestMs / 1_000);
    pushes.set(backlog.pushes.pending);
    pushesOldest.set(backlog.pushes.oldestMs / 1_000);
  };
}
