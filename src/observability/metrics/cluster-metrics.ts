import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { LEASES, type Lease } from '../../cluster/cluster.ts';
import { type ClusterObserver, FENCED } from '../../cluster/observer.ts';

/** What hubs that share a database do with each other. */
export function clusterMetrics(register: Registry): ClusterObserver {
  const registers = [register];
  const renewals = new Histogram({
    name: 'hub_lease_renewal_seconds',
    help: 'What it took this hub to say to the others that it is alive',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers,
  });
  const fenced = new Counter({
    name: 'hub_fenced_total',
    help: 'Statements that wrote nothing, as another hub had the right, or was quicker',
    labelNames: ['what'],
    registers,
  });
  // An alert sees how much a counter grew: it has to be there before.
  for (const what of FENCED) fenced.labels(what).inc(0);
  const hints = new Counter({
    name: 'hub_hints_total',
    help: 'Hints between hubs, by kind and direction',
    labelNames: ['kind', 'direction'],
    registers,
  });
  const batches = new Histogram({
    name: 'hub_hint_batch_size',
    help: 'Hints that were told at once',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
    registers,
  });
  const found = new Counter({
    name: 'hub_slow_look_found_total',
    help: 'What a look at the rows found and no hint had brought',
    registers,
  });
  const burials = new Counter({
    name: 'hub_burials_total',
    help: 'Hubs that said nothing any more, and that this one buried',
    registers,
  });
  return {
    renewed(ms) {
      renewals.observe(ms / 1_000);
    },
    told(kinds) {
      batches.observe(kinds.length);
      for (const kind of kinds) hints.labels(kind, 'told').inc();
    },
    heard(kind) {
      hints.labels(kind, 'heard').inc();
    },
    fenced(what) {
      fenced.labels(what).inc();
    },
    found(count) {
      found.inc(count);
    },
    buried(count) {
      burials.inc(count);
    },
  };
}

/** @param leads whether this hub does for all what the lease is for */
export function leaderMetric(register: Registry, leads: (lease: Lease) => boolean): void {
  new Gauge({
    name: 'hub_leader',
    help: 'Whether this hub does for all what the lease is for',
    labelNames: ['lease'],
    registers: [register],
    collect() {
      for (const lease of LEASES) this.labels(lease).set(leads(lease) ? 1 : 0);
    },
  });
}
