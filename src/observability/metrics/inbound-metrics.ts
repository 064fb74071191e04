import { Counter, Histogram, type Registry } from 'prom-client';
import { CloseCode } from '#protocol';

/** RFC 6455's for a close without a code, a cut, and a fault of the TPV. */
const RFC_CODES = [1005, 1006, 1011];

/** What comes in: updates from Telegram, TPVs and their sockets; and the commits that keep it. */
export interface InboundMetrics {
  /** @param kind one of Telegram's that the hub asks for, or `other`: labels must not come from outside */
  update(kind: string, outcome: string): void;
  /** From an update's arrival to its commit. */
  received(ms: number): void;
  socketOpened(): void;
  /** @param code as in docs/websocket.md; a client may close with codes of its own */
  socketClosed(code: number): void;
  /** A TPV came, or is not there any more. */
  presenceChanged(to: 'online' | 'offline'): void;
  /** One commit, of so many transactions. */
  committed(transactions: number, ms: number): void;
  /** The database did not take it. */
  commitFailed(): void;
}

export function inboundMetrics(register: Registry): InboundMetrics {
  const registers = [register];
  const updates = new Counter({
    name: 'hub_updates_total',
    help: 'Updates from Telegram, by kind and outcome',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  const received = new Histogram({
    name: 'hub_webhook_seconds',
    help: 'From an update’s arrival to its commit',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers,
  });
  const opened = new Counter({ name: 'hub_sockets_opened_total', help: 'WebSockets that were opened', registers });
  const closed = new Counter({
    name: 'hub_sockets_closed_total',
    help: 'WebSockets that were closed, by code',
    labelNames: ['code'],
    registers,
  });
  const presence = new Counter({
    name: 'hub_tpv_presence_changes_total',
    help: 'Times that a TPV came online or went offline',
    labelNames: ['to'],
    registers,
  });
  const batch = new Histogram({
    name: 'hub_commit_transactions',
    help: 'Transactions that share one commit',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500],
    registers,
  });
  const commits = new Histogram({
    name: 'hub_commit_seconds',
    help: 'From the beginning of a batch to its being on disk',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers,
  });
  const failures = new Counter({
    name: 'hub_commit_failures_total',
    help: 'Commits that the database did not take',
    registers,
  });
  const knownCodes = new Set<number>([...Object.values(CloseCode), ...RFC_CODES]);
  return {
    update(kind, outcome) {
      updates.labels(kind, outcome).inc();
    },
    received(ms) {
      received.observe(ms / 1_000);
    },
    socketOpened() {
      opened.inc();
    },
    socketClosed(code) {
      closed.labels(knownCodes.has(code) ? String(code) : 'other').inc();
    },
    presenceChanged(to) {
      presence.labels(to).inc();
    },
    committed(transactions, ms) {
      batch.observe(transactions);
      commits.observe(ms / 1_000);
    },
    commitFailed() {
      failures.inc();
    },
  };
}
