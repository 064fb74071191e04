import { type Clock, pause } from '../clock.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Delivery } from '../delivery/delivery.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { Logger } from '../log/log.ts';
import type { Ground } from './ground.ts';
import type { Inbound } from './inbound.ts';
import type { Observation } from './observation.ts';
import type { Outbound } from './outbound.ts';

export interface DrainPorts {
  clock: Clock;
  cluster: Pick<Cluster, 'resign' | 'noticeMs'>;
  draining: Ground['draining'];
  log: Logger;
  observation: Pick<Observation, 'drain'>;
  inbound: Pick<Inbound, 'stop'>;
  delivery: Pick<Delivery, 'drain' | 'sockets'>;
  gateway: Pick<Gateway, 'drain'>;
  outbound: Pick<Outbound, 'stop'>;
}

/** Reports and replies each get this long while the hub drains. */
const DRAIN_STEP_MS = 10_000;
const LOOK_INTERVAL_MS = 50;

/** Takes and hands out nothing new, and lets what is under way end: the steps are in their order. */
export async function drain(ports: DrainPorts): Promise<void> {
  const { clock, cluster, draining, log, observation, inbound, delivery, gateway, outbound } = ports;
  log.info('draining');
  draining.isTold = true;
  // Where none is before it, it takes nothing new from here on.
  draining.begun = cluster.noticeMs === 0;
  // Another hub leads at once.
  await cluster.resign();
  // Balancers ask /readyz, and send everything elsewhere before this one refuses it.
  if (!draining.begun) await pause(clock, cluster.noticeMs);
  draining.begun = true;
  observation.drain();
  await inbound.stop();
  await delivery.drain();
  gateway.drain('restart');
  // What is out gets its time to be reported on …
  const deadline = clock.elapsed() + DRAIN_STEP_MS;
  while (delivery.sockets.inFlightTotal > 0 && clock.elapsed() < deadline) await pause(clock, LOOK_INTERVAL_MS);
  // … and only then the replies that came of it.
  await outbound.stop(DRAIN_STEP_MS);
}
