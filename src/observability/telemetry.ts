import type { CallOutcome } from '../callbacks/guarded-call.ts';
import type { DeliveryObserver } from '../delivery/claim.ts';
import type { EventSource } from '../events.ts';
import { isoTime } from '../iso-time.ts';
import type { Logs } from '../log/log.ts';
import { NOBODY } from '../users/nobody.ts';
import type { Metrics } from './metrics/metrics.ts';

export interface TelemetryPorts {
  events: EventSource;
  logs: Logs;
  metrics: Metrics;
}

/** Counts what happens, and writes the lines by which a message is followed (src/log/log.ts). */
export interface Telemetry {
  readonly delivery: DeliveryObserver;
  observeCall(call: () => Promise<CallOutcome>): Promise<CallOutcome>;
}

/** Has metrics and logs follow what happens. Lines for each step of an instruction are written at `debug` only. */
export function startTelemetry({ events, logs: { log, access }, metrics }: TelemetryPorts): Telemetry {
  const { inbound, instructions, outbound } = metrics;
  // Asked once: at `info` a step must cost nothing but its count.
  const traced = log.isLevelEnabled('debug');

  events.on('update.received', ({ kind, outcome }) => inbound.update(kind, outcome));
  events.on('instruction.stored', ({ id, tpvId, userId }) => {
    if (userId !== NOBODY) instructions.created();
    if (traced) log.debug({ instruction_id: id, tpv_id: tpvId }, 'created');
  });
  events.on('instruction.reported', ({ id, tpvId, userId, status, holder, ageMs, waitedMs }) => {
    const transport = holder === 'poll' ? 'poll' : 'socket';
    if (userId !== NOBODY) instructions.reported(transport, status, ageMs, waitedMs !== undefined);
    if (traced) log.debug({ instruction_id: id, tpv_id: tpvId, transport, age_ms: ageMs }, `reported ${status}`);
  });
  events.on('instruction.unanswered', ({ id, tpvId, reason }) => {
    instructions.gaveUp(reason);
    if (traced) log.debug({ instruction_id: id, tpv_id: tpvId, reason }, 'given up');
  });
  events.on('tpv.online', ({ tpvId }) => {
    inbound.presenceChanged('online');
    access.info({ tpv: 'online', tpv_id: tpvId });
  });
  events.on('tpv.offline', ({ tpvId, since }) => {
    inbound.presenceChanged('offline');
    access.info({ tpv: 'offline', tpv_id: tpvId, since: isoTime(since) });
  });
  events.on('push.settled', ({ id, tpvId, status, idempotencyKey, attempts, ms }) => {
    outbound.pushed(status, ms);
    access.info({
      push: status,
      push_message_id: id,
      instruction_id: instructionOfKey(idempotencyKey),
      tpv_id: tpvId ?? undefined,
      ms,
      attempts,
    });
  });
  if (traced) {
    events.on('instruction.revoked', ({ id, tpvId, reason }) =>
      log.debug({ instruction_id: id, tpv_id: tpvId, reason }, 'revoked'),
    );
  }

  return {
    delivery: {
      handedOut({ id, telegram_user_id: userId }, transport, ageMs, again) {
        if (userId !== NOBODY) instructions.handedOut(transport, ageMs, again);
        if (traced) log.debug({ instruction_id: id, transport, age_ms: ageMs, again }, 'handed out');
      },
      returned(ids) {
        instructions.returned(ids.length);
        if (traced) for (const id of ids) log.debug({ instruction_id: id }, 'returned to pending');
      },
    },
    async observeCall(call) {
      const startedAt = performance.now();
      const outcome = await call();
      const [kind, reason] = called(outcome);
      outbound.called(kind, reason, performance.now() - startedAt);
      if (outcome.kind !== 'answered') log.warn({ outcome: kind, reason }, 'a URL that a button names did not answer');
      return outcome;
    },
  };
}

function called(outcome: CallOutcome): ['accepted' | 'declined' | 'refused' | 'failed', string] {
  if (outcome.kind === 'answered') return [outcome.success ? 'accepted' : 'declined', ''];
  return [outcome.kind, outcome.reason];
}

/** The SDK names its replies, and the hub its own sentences, by the instruction that they are about: `<id>:1`. */
const KEY_OF_INSTRUCTION = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):/;

function instructionOfKey(key: string | null): string | undefined {
  return key === null ? undefined : KEY_OF_INSTRUCTION.exec(key)?.[1];
}
