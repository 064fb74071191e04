import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export type Transport = 'socket' | 'poll';

/** From a socket's few milliseconds to a TPV that was away for a day. */
const DELIVERY_SECONDS = [
  0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 1_800, 7_200, 86_400,
];

/** What instructions go through, from their commit to their end. Ages are since the instruction came, in ms. */
export interface InstructionMetrics {
  /** A new one was committed. */
  created(): void;
  /** @param again it was out before */
  handedOut(transport: Transport, ageMs: number, again: boolean): void;
  /** It is pending again: its socket closed, its lease lapsed. */
  returned(count: number): void;
  /** @param first its TPV's first word about it */
  reported(
    transport: Transport,
    status: 'delivered' | 'processing' | 'completed' | 'failed',
    ageMs: number,
    first: boolean,
  ): void;
  /** It ended without its TPV's word. */
  gaveUp(reason: 'expired' | 'no_answer'): void;
}

export function instructionMetrics(register: Registry): InstructionMetrics {
  const registers = [register];
  const transitions = new Counter({
    name: 'hub_instruction_transitions_total',
    help: 'States that instructions came into, and who brought them there (socket, poll: their TPV; hub: the hub itself)',
    labelNames: ['to', 'by'],
    registers,
  });
  const unanswered = new Counter({
    name: 'hub_instructions_unanswered_total',
    help: 'Instructions that ended without an answer of their TPV, by reason',
    labelNames: ['reason'],
    registers,
  });
  const since = (name: string, help: string) => {
    const histogram = new Histogram({ name, help, labelNames: ['transport'], buckets: DELIVERY_SECONDS, registers });
    return { socket: histogram.labels('socket'), poll: histogram.labels('poll') };
  };
  const handout = since(
    'hub_instruction_handout_seconds',
    'From an instruction’s commit to its first hand-out; after a TPV was away, since it came',
  );
  const firstReport = since('hub_instruction_first_report_seconds', 'From an instruction’s commit to its first report');
  const final = since('hub_instruction_final_seconds', 'From an instruction’s commit to its TPV’s last word');
  // Looked up once: labels cost more than counting.
  const pending = transitions.labels('pending', 'hub');
  const failed = transitions.labels('failed', 'hub');
  const reasons = { expired: unanswered.labels('expired'), no_answer: unanswered.labels('no_answer') };
  // An alert sees how much a counter grew: it has to be there before.
  for (const reason of Object.values(reasons)) reason.inc(0);
  const by = (transport: Transport) => ({
    sent: transitions.labels('sent', transport),
    delivered: transitions.labels('delivered', transport),
    processing: transitions.labels('processing', transport),
    completed: transitions.labels('completed', transport),
    failed: transitions.labels('failed', transport),
  });
  const moves = { socket: by('socket'), poll: by('poll') };
  return {
    created() {
      pending.inc();
    },
    handedOut(transport, ageMs, again) {
      moves[transport].sent.inc();
      if (!again) handout[transport].observe(ageMs / 1_000);
    },
    returned(count) {
      pending.inc(count);
    },
    reported(transport, status, ageMs, first) {
      moves[transport][status].inc();
      const seconds = ageMs / 1_000;
      if (first) firstReport[transport].observe(seconds);
      if (status === 'completed' || status === 'failed') final[transport].observe(seconds);
    },
    gaveUp(reason) {
      failed.inc();
      reasons[reason].inc();
    },
  };
}

/** @param inFlight how many are out on sockets now */
export function inFlightMetric(register: Registry, inFlight: () => number): void {
  new Gauge({
    name: 'hub_instructions_in_flight',
    help: 'Instructions out on sockets and not yet reported on',
    registers: [register],
    collect() {
      this.set(inFlight());
    },
  });
}
