import { Registry } from 'prom-client';
import type { Lease } from '../../cluster/cluster.ts';
import type { ClusterObserver } from '../../cluster/observer.ts';
import type { Backlog } from '../backlog.ts';
import type { DiskSpace } from '../disk-space.ts';
import { alarmMetrics } from './alarm-metrics.ts';
import { backlogMetrics } from './backlog-metrics.ts';
import { backupMetrics, type NewestCopy } from './backup-metrics.ts';
import { clusterMetrics, leaderMetric } from './cluster-metrics.ts';
import { httpMetrics } from './http-metrics.ts';
import { type InboundMetrics, inboundMetrics } from './inbound-metrics.ts';
import { type InstructionMetrics, inFlightMetric, instructionMetrics } from './instruction-metrics.ts';
import { type OutboundMetrics, outboundMetrics } from './outbound-metrics.ts';
import { type ProcessOptions, processMetrics } from './process-metrics.ts';

/** What is looked up when Prometheus asks. */
export interface ScrapeOptions extends ProcessOptions {
  /** Instructions out on sockets now. */
  inFlight(): number;
  /** Whether this hub does for all what the lease is for. */
  leads(lease: Lease): boolean;
  /** Codes of what keeps the hub from working. */
  problems(): Promise<readonly string[]>;
  /** Codes of what makes it of less use, although it works. */
  degraded(): readonly string[];
  /** What waits in the database; undefined if it can't be read now. */
  backlog(): Promise<Backlog | undefined>;
  /** Counts in a backlog stop here. */
  backlogLimit: number;
  disk(): Promise<DiskSpace | undefined>;
  /** How many alarms of each kind last; undefined if they can't be read now. */
  alarms(): Promise<ReadonlyMap<string, number> | undefined>;
  /** Undefined if there is none, or the hub makes none. */
  newestCopy(): NewestCopy | undefined;
}

/**
 * What the hub counts, for Prometheus: names after its conventions, `hub_` first, base units. Whoever counts calls
 * these functions, and knows nothing of labels; labels that come from outside are bounded in here.
 */
export interface Metrics {
  readonly inbound: InboundMetrics;
  readonly instructions: InstructionMetrics;
  readonly outbound: OutboundMetrics;
  readonly cluster: ClusterObserver;
  /** An HTTP request was answered. */
  answered(method: string, route: string | undefined, status: number): void;
  /** Adds what is looked up only when Prometheus asks; once. */
  scrape(options: ScrapeOptions): Scrape;
}

export interface Scrape {
  /** The text that Prometheus reads. Scrapes at the same time share one. */
  text(): Promise<string>;
  readonly contentType: string;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  return {
    inbound: inboundMetrics(registry),
    instructions: instructionMetrics(registry),
    outbound: outboundMetrics(registry),
    cluster: clusterMetrics(registry),
    answered: httpMetrics(registry),
    scrape: (options) => scrape(registry, options),
  };
}

function scrape(registry: Registry, options: ScrapeOptions): Scrape {
  const setProcess = processMetrics(registry, options);
  const setBacklog = backlogMetrics(registry, options.backlogLimit);
  const setAlarms = alarmMetrics(registry);
  const setBackup = backupMetrics(registry);
  inFlightMetric(registry, options.inFlight);
  leaderMetric(registry, options.leads);
  const read = async () => {
    const [problems, disk, backlog, alarms] = await Promise.all([
      options.problems(),
      options.disk(),
      options.backlog(),
      options.alarms(),
    ]);
    setProcess({ problems, degraded: options.degraded(), disk });
    setBacklog(backlog);
    setAlarms(alarms);
    setBackup(options.newestCopy());
    return registry.metrics();
  };
  let reading: Promise<string> | undefined;
  return {
    text() {
      reading ??= read().finally(() => {
        reading = undefined;
      });
      return reading;
    },
    contentType: registry.contentType,
  };
}
