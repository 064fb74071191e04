import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { DiskSpace } from '../disk-space.ts';

/** prom-client's own that break Prometheus' naming, and list every socket at each scrape. */
const LEFT_OUT = ['nodejs_active_resources', 'nodejs_active_handles', 'nodejs_active_requests'];

export interface ProcessOptions {
  version: string;
  sockets(): number;
  droppedLogLines(): number;
}

/** What is said of the process as a whole when Prometheus asks. */
export interface ProcessReading {
  /** Codes of what keeps it from working. */
  problems: readonly string[];
  /** Codes of what makes it of less use, although it works. */
  degraded: readonly string[];
  /** Of the disk that holds the database; undefined if that is on another machine. */
  disk: DiskSpace | undefined;
}

let shared: Registry | undefined;

/**
 * Memory, event loop and garbage collection, as Node counts them: once for the process. prom-client's observers of them
 * never end, and would keep each registry and all that its metrics refer to.
 */
function nodeMetrics(): Registry {
  if (shared !== undefined) return shared;
  const register = new Registry();
  collectDefaultMetrics({ register });
  for (const name of LEFT_OUT) {
    register.removeSingleMetric(name);
    register.removeSingleMetric(`${name}_total`);
  }
  shared = register;
  return register;
}

/** The process: its version, memory, event loop, sockets, readiness, disk, log. @returns sets what has to be looked up */
export function processMetrics(register: Registry, options: ProcessOptions): (reading: ProcessReading) => void {
  const ofNode = nodeMetrics();
  for (const { name } of ofNode.getMetricsAsArray()) {
    const metric = ofNode.getSingleMetric(name);
    if (metric !== undefined) register.registerMetric(metric);
  }
  const registers = [register];
  new Gauge({
    name: 'hub_build_info',
    help: 'Versions of the hub and its Node',
    labelNames: ['version', 'node'],
    registers,
  })
    .labels(options.version, process.versions.node)
    .set(1);
  new Gauge({
    name: 'hub_sockets',
    help: 'Open WebSockets of TPVs',
    registers,
    collect() {
      this.set(options.sockets());
    },
  });
  new Counter({
    name: 'hub_log_lines_dropped_total',
    help: 'Log lines that could not be written',
    registers,
    collect() {
      this.reset();
      this.inc(options.droppedLogLines());
    },
  });
  const ready = new Gauge({ name: 'hub_ready', help: 'Whether the hub can work now', registers });
  const problem = new Gauge({
    name: 'hub_problem',
    help: 'What is wrong with the hub now, by its code in /readyz',
    labelNames: ['code'],
    registers,
  });
  const disk = (name: string, help: string) => new Gauge({ name, help, labelNames: ['holds'], registers });
  const free = disk('hub_disk_free_bytes', 'Room that is left on the disk of the database');
  const size = disk('hub_disk_size_bytes', 'Room that the disk of the database has in all');
  return (reading) => {
    ready.set(reading.problems.length === 0 ? 1 : 0);
    problem.reset();
    for (const code of [...reading.problems, ...reading.degraded]) problem.labels(code).set(1);
    if (reading.disk === undefined) return;
    free.labels('database').set(reading.disk.freeBytes);
    size.labels('database').set(reading.disk.sizeBytes);
  };
}
