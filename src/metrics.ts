import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** What the hub counts; names follow Prometheus' conventions. */
export interface Metrics {
  updates: Counter<'kind' | 'outcome'>;
  reports: Counter<'status' | 'transport'>;
  unanswered: Counter<'reason'>;
  pushes: Counter<'outcome'>;
  webhookSeconds: Histogram;
  /** The text that Prometheus reads. */
  text(): Promise<string>;
  readonly contentType: string;
}

/** @param gauges read when Prometheus asks */
export function createMetrics(gauges: { sockets(): number; inFlight(): number }): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  new Gauge({
    name: 'hub_sockets',
    help: 'Open WebSockets of TPVs',
    registers,
    collect() {
      this.set(gauges.sockets());
    },
  });
  new Gauge({
    name: 'hub_instructions_in_flight',
    help: 'Instructions out on sockets and not yet reported on',
    registers,
    collect() {
      this.set(gauges.inFlight());
    },
  });
  return {
    updates: new Counter({
      name: 'hub_updates_total',
      help: 'Updates from Telegram, by kind and outcome',
      labelNames: ['kind', 'outcome'],
      registers,
    }),
    reports: new Counter({
      name: 'hub_reports_total',
      help: 'Reports from TPVs, by status and transport',
      labelNames: ['status', 'transport'],
      registers,
    }),
    unanswered: new Counter({
      name: 'hub_instructions_unanswered_total',
      help: 'Instructions that ended without an answer, by reason',
      labelNames: ['reason'],
      registers,
    }),
    pushes: new Counter({
      name: 'hub_pushes_total',
      help: 'Messages to persons that were settled, by outcome',
      labelNames: ['outcome'],
      registers,
    }),
    webhookSeconds: new Histogram({
      name: 'hub_webhook_seconds',
      help: 'Time from an update to its commit',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
